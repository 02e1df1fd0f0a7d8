//! Signing up, in and out, the profile, the password, and leaving.

use super::send::{Answer, Call};
use super::{Mix, User};
use crate::told::Told;
use harness::Method;
use serde_json::{Value, json};

/// What a background may be.
const LEVELS: [&str; 3] = ["beginner", "intermediate", "advanced"];
const HARDWARE: [&str; 4] = ["robotics", "embedded systems", "none", "other"];

impl User {
    /// Makes an account; says whether there is one.
    pub(super) async fn sign_up(&mut self) -> bool {
        let email = format!("{}@example.com", self.word());
        let password = format!("correct horse {}", self.word());
        let (level, hardware) = self.background();
        self.told = Told {
            email: email.clone(),
            password: password.clone(),
            background: Some((level, hardware)),
            ..Told::default()
        };
        let call = if self.has_own_format() {
            Call::new("signup", Method::POST, "/api/auth/signup").json(json!({
                "email": email, "password": password,
                "software_level": level, "hardware_background": hardware,
            }))
        } else {
            self.told.name = format!("Ada {}", self.count);
            Call::new("sign-up-email", Method::POST, "/api/auth/sign-up/email").json(json!({
                "email": email, "password": password, "name": self.told.name,
                "software_level": level, "hardware_background": hardware,
            }))
        };
        let Some(answer) = self.send(&call).await else { return false };
        let is_made = match answer.status {
            200 | 201 => self.is_signed_in_by(&answer),
            // An earlier try has made it.
            422 if answer.in_doubt() => self.sign_in().await,
            _ => false,
        };
        self.is("a sign-up", is_made, &answer)
    }

    /// Whether a request has the format of Tessera's own routes, which Better Auth does not have.
    fn has_own_format(&mut self) -> bool {
        self.rng.bool() && self.world.mix == Mix::Everything
    }

    fn background(&mut self) -> (&'static str, &'static str) {
        let level = LEVELS.get(self.rng.usize(..LEVELS.len())).copied().unwrap_or("beginner");
        let hardware = HARDWARE.get(self.rng.usize(..HARDWARE.len())).copied().unwrap_or("none");
        (level, hardware)
    }

    fn is_signed_in_by(&mut self, answer: &Answer) -> bool {
        let ours = answer.text("session_token");
        let token = if ours.is_empty() { answer.text("token") } else { ours };
        let id = answer.body.pointer("/user/id").and_then(Value::as_str).map(str::to_owned);
        self.told.user_id = id.unwrap_or_else(|| answer.text("user_id"));
        if token.is_empty() || self.told.user_id.is_empty() {
            return false;
        }
        self.told.live.push(token);
        true
    }

    /// Signs in; says whether that went well.
    pub(super) async fn sign_in(&mut self) -> bool {
        let body = json!({ "email": self.told.email, "password": self.told.password });
        let call = if self.has_own_format() {
            Call::new("signin", Method::POST, "/api/auth/signin")
        } else {
            Call::new("sign-in-email", Method::POST, "/api/auth/sign-in/email")
        };
        let Some(answer) = self.send(&call.json(body)).await else { return false };
        let is_in = answer.status == 200 && self.is_signed_in_by(&answer);
        self.is("a sign-in", is_in, &answer)
    }

    pub(super) async fn read_session(&mut self) {
        let call = self.own("get-session", Method::GET, "/api/auth/get-session");
        let Some(answer) = self.send(&call).await else { return };
        let email = answer.body.pointer("/user/email").and_then(Value::as_str);
        self.is("the session", email == Some(&self.told.email), &answer);
    }

    pub(super) async fn read_token(&mut self) {
        let call = self.own("token", Method::GET, "/api/auth/token");
        let Some(answer) = self.send(&call).await else { return };
        let is_token = answer.text("token").split('.').count() == 3;
        self.is("a token for other services", answer.status == 200 && is_token, &answer);
    }

    /// All sessions are in the list; of others than the present one, it need not have the tokens.
    pub(super) async fn list_sessions(&mut self) {
        let call = self.own("list-sessions", Method::GET, "/api/auth/list-sessions");
        let Some(answer) = self.send(&call).await else { return };
        let present = self.told.live.last().map(String::as_str);
        let is_whole = answer.body.as_array().is_some_and(|rows| {
            let token = |row: &Value| row.get("token").and_then(Value::as_str) == present;
            rows.len() >= self.told.live.len() && rows.iter().any(token)
        });
        self.is("the list of sessions", is_whole, &answer);
    }

    pub(super) async fn read_profile(&mut self) {
        let call = self.own("get-profile", Method::GET, "/api/user/profile");
        let Some(answer) = self.send(&call).await else { return };
        let found = (answer.text("software_level"), answer.text("hardware_background"));
        let told = self.told.background.unwrap_or_default();
        self.is("the profile", (found.0.as_str(), found.1.as_str()) == told, &answer);
    }

    pub(super) async fn read_context(&mut self) {
        let path = "/api/personalization/context";
        let call = self.own("personalization-context", Method::GET, path);
        let Some(answer) = self.send(&call).await else { return };
        self.is("the context", answer.status == 200, &answer);
    }

    pub(super) async fn put_profile(&mut self) {
        let (level, hardware) = self.background();
        let body = json!({ "software_level": level, "hardware_background": hardware });
        let call = self.own("put-profile", Method::PUT, "/api/user/profile").json(body);
        let Some(answer) = self.send(&call).await else { return };
        self.is("a new profile", answer.status == 200, &answer);
        self.told.background = Some((level, hardware));
    }

    pub(super) async fn update_user(&mut self) {
        let name = format!("Grace {}", self.word());
        let call = self.own("update-user", Method::POST, "/api/auth/update-user");
        let Some(answer) = self.send(&call.json(json!({ "name": name }))).await else { return };
        self.is("a new name", answer.status == 200, &answer);
        self.told.name = name;
    }

    pub(super) async fn sign_out_and_in(&mut self) {
        let call = self.own("sign-out", Method::POST, "/api/auth/sign-out");
        let Some(answer) = self.send(&call).await else { return };
        if self.is("a sign-out", answer.status == 200, &answer) {
            self.told.ended.extend(self.told.live.pop());
        }
        if self.told.live.is_empty() {
            self.sign_in().await;
        }
    }

    pub(super) async fn another_device(&mut self) {
        if self.told.live.len() < 4 {
            self.sign_in().await;
        }
    }

    /// Changes the password; every other session ends, and this one goes on or is replaced.
    pub(super) async fn change_password(&mut self) {
        let new = format!("another horse {}", self.word());
        // Better Auth ends other sessions only if it is asked to, and then it replaces this one.
        let replaces = self.rng.bool() || self.world.mix == Mix::Accounts;
        let body = json!({
            "currentPassword": self.told.password, "newPassword": new,
            "revokeOtherSessions": replaces,
        });
        let call = self.own("change-password", Method::POST, "/api/auth/change-password");
        let Some(answer) = self.send(&call.json(body)).await else { return };
        // After a try in doubt, the old password may be wrong already, and a session that is replaced
        // have ended; then only the new password signs in.
        let is_late = answer.code() == "INVALID_PASSWORD" || (replaces && answer.status == 401);
        let was_changed = answer.in_doubt() && is_late;
        if !self.is("a new password", answer.status == 200 || was_changed, &answer) {
            return;
        }
        self.told.password = new;
        let present = self.told.live.pop();
        self.told.ended.append(&mut self.told.live);
        if replaces {
            self.told.ended.extend(present);
            self.told.live.extend(Some(answer.text("token")).filter(|token| !token.is_empty()));
        } else {
            self.told.live.extend(present);
        }
        if was_changed {
            self.sign_in().await;
        }
    }

    /// Deletes the account, and comes back as somebody else.
    pub(super) async fn leave(&mut self) {
        let body = json!({ "password": self.told.password });
        let call = self.own("delete-user", Method::POST, "/api/auth/delete-user").json(body);
        let Some(answer) = self.send(&call).await else { return };
        let is_gone = answer.status == 200 || (answer.in_doubt() && answer.status == 401);
        if !self.is("leaving", is_gone, &answer) {
            return;
        }
        let mut gone = std::mem::take(&mut self.told);
        gone.ended.append(&mut gone.live);
        gone.erased = true;
        self.before.push(gone);
        self.sign_up().await;
    }
}
