mod sweep;
mod sweep_users;
