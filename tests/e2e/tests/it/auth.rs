mod change_password;
mod get_session;
mod revoke_sessions;
mod session_token;
mod sign_out;
mod sign_up_email;
mod signin;
mod signup;
