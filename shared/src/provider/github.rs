use form_urlencoded::Serializer;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::client::Client;
use super::external_user::{email, first_name, image};
use super::grant;
use super::{Authorization, ExternalUser, ProviderError, ProviderTokens, SignedInAt, Verifier};
use crate::clock::Clock;
use crate::config::ProviderConfig;
use crate::text::ServerUrl;

/// GitHub, which has OAuth 2.0 without ID tokens.
#[derive(Debug)]
pub(super) struct GitHub {
    pub(super) site: ServerUrl,
    pub(super) api: ServerUrl,
    pub(super) config: ProviderConfig,
    pub(super) client: Client,
    pub(super) clock: Clock,
}

impl GitHub {
    /// See [`super::Provider::may_have_sent`]. GitHub documents no `iss`; should it begin to send one, then
    /// one of its own site.
    pub(super) fn may_have_sent(&self, iss: Option<&str>) -> bool {
        let site = self.site.as_str();
        let is_of_site = |path: &str| path.is_empty() || path.starts_with('/');
        iss.is_none_or(|iss| iss.strip_prefix(site).is_some_and(is_of_site))
    }

    /// See [`super::Provider::authorization_url`].
    pub(super) fn authorization_url(&self, authorization: &Authorization<'_>) -> String {
        let hint = authorization.login_hint.map(|hint| ("login", hint));
        let page = format!("{}/login/oauth/authorize", self.site.as_str());
        authorization.url(&page, &self.config, hint.as_slice())
    }

    /// See [`super::Provider::redeem`].
    pub(super) async fn redeem(
        &self,
        code: &str,
        verifier: &Verifier,
        redirect_uri: &str,
    ) -> Result<SignedInAt, ProviderError> {
        let grant = grant::of_code(code, verifier, redirect_uri);
        let tokens = self.exchange(&grant, &self.config.scopes).await?;
        let (user, _) = self.user_info(&tokens.access_token).await?;
        Ok(SignedInAt { user, tokens })
    }

    /// See [`super::Provider::refresh`]. Only GitHub's apps give refresh tokens.
    pub(super) async fn refresh(
        &self,
        refresh_token: &SecretString,
        scopes: &[String],
    ) -> Result<ProviderTokens, ProviderError> {
        self.exchange(&grant::of_refresh_token(refresh_token.expose_secret()), scopes).await
    }

    /// See [`super::Provider::user_info`]. The addresses are read from where GitHub says which of them are
    /// verified. What else it says of the user is as the API sends it, but with the address if that is not
    /// public, as Better Auth does.
    pub(super) async fn user_info(
        &self,
        access_token: &SecretString,
    ) -> Result<(ExternalUser, Value), ProviderError> {
        let url = |path| format!("{}/{path}", self.api.as_str());
        let (user, emails) = (url("user"), url("user/emails"));
        let (user, emails) = tokio::join!(
            self.client.get(&user, Some(access_token)),
            self.client.get(&emails, Some(access_token)),
        );
        let mut shown = user?.accepted()?;
        let emails = emails?.accepted_if_shown()?.unwrap_or_default();
        let user = external_user(&shown, &emails)?;
        if let (Some(email), Some(private @ Value::Null)) = (&user.email, shown.get_mut("email")) {
            *private = json!(email);
        }
        Ok((user, shown))
    }

    async fn exchange(
        &self,
        grant: &[(&str, &str)],
        scopes: &[String],
    ) -> Result<ProviderTokens, ProviderError> {
        let url = format!("{}/login/oauth/access_token", self.site.as_str());
        let answer = self.client.post(&url, &self.authenticated(grant), None).await?.accepted()?;
        ProviderTokens::of_answer(&answer, self.clock.now(), scopes)
    }

    /// The form of a grant, which proves who we are.
    fn authenticated(&self, grant: &[(&str, &str)]) -> SecretString {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(grant).append_pair("client_id", &self.config.client_id);
        let secret = self.config.client_secret.as_ref().map(SecretString::expose_secret);
        form.extend_pairs(secret.map(|secret| ("client_secret", secret)));
        form.finish().into()
    }
}

/// A user of GitHub. The number is the id: a name can be given up and taken by somebody else.
fn external_user(user: &Value, emails: &Value) -> Result<ExternalUser, ProviderError> {
    let text = |name| user.get(name).and_then(Value::as_str);
    let id = user.get("id").and_then(Value::as_u64);
    let id = id.ok_or(ProviderError::InvalidUser("there is no id"))?;
    let address = primary(emails);
    let is_verified = address.and_then(|address| address.get("verified")) == Some(&json!(true));
    let primary = address.and_then(|address| address.get("email")?.as_str());
    let email = primary.or(text("email")).and_then(email);
    Ok(ExternalUser {
        subject: id.to_string(),
        email_verified: is_verified && email.is_some(),
        email,
        name: first_name([text("name"), text("login")]),
        image: text("avatar_url").and_then(image),
    })
}

/// The address that GitHub writes to.
fn primary(emails: &Value) -> Option<&Value> {
    let is_primary = |email: &&Value| email.get("primary") == Some(&Value::Bool(true));
    emails.as_array()?.iter().find(is_primary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Email;

    fn ada() -> Value {
        json!({
            "id": 583_231, "login": "ada", "name": null, "email": "public@example.com",
            "avatar_url": "https://avatars.example/u/583231",
        })
    }

    #[test]
    fn the_primary_address_counts_and_a_user_without_a_public_name_has_their_login() {
        let user = external_user(
            &ada(),
            &json!([
                { "email": "public@example.com", "primary": false, "verified": true },
                { "email": "Ada@Example.com", "primary": true, "verified": true },
            ]),
        );
        let user = user.unwrap();
        assert_eq!(user.subject, "583231");
        assert_eq!(user.email.as_ref().map(Email::as_str), Some("ada@example.com"));
        assert!(user.email_verified && user.image.is_some());
        assert_eq!(user.name.as_str(), "ada");
    }

    #[test]
    fn an_address_that_github_has_not_verified_is_not_verified() {
        let primary = json!([{ "email": "ada@example.com", "primary": true, "verified": false }]);
        let other = json!([{ "email": "public@example.com", "primary": false, "verified": true }]);
        for emails in [primary, other, json!([]), Value::Null, json!({ "primary": true })] {
            let user = external_user(&ada(), &emails).unwrap();
            assert!(user.email.is_some() && !user.email_verified, "{emails}");
        }
    }

    #[test]
    fn a_user_needs_an_id() {
        for user in [json!({}), json!({ "id": "1" }), json!({ "id": null }), json!([])] {
            assert!(external_user(&user, &Value::Null).is_err(), "{user}");
        }
    }
}
