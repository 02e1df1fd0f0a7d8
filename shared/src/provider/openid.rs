use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::client::Client;
use super::grant;
use super::id_token::{self, Expected};
use super::key_set::KeySet;
use super::metadata::Metadata;
use super::remembered::Remembered;
use super::{Authorization, ExternalUser, ProviderError, ProviderTokens, SignedInAt, Verifier};
use crate::clock::Clock;
use crate::config::ProviderConfig;
use crate::text::ServerUrl;

/// A provider of OpenID Connect.
#[derive(Debug)]
pub(super) struct OpenId {
    pub(super) issuer: ServerUrl,
    pub(super) parameters: &'static [(&'static str, &'static str)],
    pub(super) config: ProviderConfig,
    pub(super) client: Client,
    pub(super) clock: Clock,
    pub(super) metadata: Remembered<Metadata>,
    pub(super) keys: KeySet,
}

impl OpenId {
    /// See [`super::Provider::may_have_sent`].
    pub(super) async fn may_have_sent(&self, iss: Option<&str>) -> Result<bool, ProviderError> {
        match iss {
            Some(iss) => Ok(iss == self.issuer.as_str()),
            None => Ok(!self.metadata().await?.promises_iss),
        }
    }

    /// See [`super::Provider::authorization_url`].
    pub(super) async fn authorization_url(
        &self,
        authorization: &Authorization<'_>,
    ) -> Result<String, ProviderError> {
        let metadata = self.metadata().await?;
        let hint = authorization.login_hint.map(|hint| ("login_hint", hint));
        let more = [("nonce", authorization.nonce)].into_iter().chain(hint);
        let more: Vec<_> = more.chain(self.parameters.iter().copied()).collect();
        let page = metadata.authorization_endpoint.as_str();
        Ok(authorization.url(page, &self.config, &more))
    }

    /// See [`super::Provider::redeem`].
    pub(super) async fn redeem(
        &self,
        code: &str,
        verifier: &Verifier,
        redirect_uri: &str,
        nonce: &str,
    ) -> Result<SignedInAt, ProviderError> {
        let grant = grant::of_code(code, verifier, redirect_uri);
        let tokens = self.exchange(&grant, &self.config.scopes).await?;
        let id_token = tokens.id_token.as_ref();
        let id_token = id_token.ok_or(ProviderError::InvalidIdToken("there is none"))?;
        let ours = [self.config.client_id.as_str()];
        let claims = self.claims(id_token.expose_secret(), &ours, Some(nonce)).await?;
        let user = ExternalUser::of_claims(&claims)?;
        let user = self.completed(user, &tokens.access_token).await?;
        Ok(SignedInAt { user, tokens })
    }

    /// See [`super::Provider::verify_id_token`].
    pub(super) async fn verify_id_token(
        &self,
        token: &str,
        nonce: Option<&str>,
        access_token: Option<&SecretString>,
    ) -> Result<ExternalUser, ProviderError> {
        let others = self.config.other_client_ids.iter().map(String::as_str);
        let ours: Vec<_> = [self.config.client_id.as_str()].into_iter().chain(others).collect();
        let user = ExternalUser::of_claims(&self.claims(token, &ours, nonce).await?)?;
        match access_token {
            Some(access_token) => self.completed(user, access_token).await,
            None => Ok(user),
        }
    }

    /// See [`super::Provider::refresh`].
    pub(super) async fn refresh(
        &self,
        refresh_token: &SecretString,
        scopes: &[String],
    ) -> Result<ProviderTokens, ProviderError> {
        self.exchange(&grant::of_refresh_token(refresh_token.expose_secret()), scopes).await
    }

    /// See [`super::Provider::user_info`].
    pub(super) async fn user_info(
        &self,
        access_token: &SecretString,
    ) -> Result<(ExternalUser, Value), ProviderError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata.userinfo_endpoint.as_ref();
        let endpoint = endpoint.ok_or(ProviderError::NotSupported("no endpoint userinfo"))?;
        let claims = self.client.get(endpoint.as_str(), Some(access_token)).await?.accepted()?;
        Ok((ExternalUser::of_claims(&claims)?, claims))
    }

    /// The user with an address: many providers send it from their endpoint only (OpenID Connect Core 1.0,
    /// section 5.4), which must speak of the same user (section 5.3.2).
    async fn completed(
        &self,
        user: ExternalUser,
        access_token: &SecretString,
    ) -> Result<ExternalUser, ProviderError> {
        if user.email.is_some() || self.metadata().await?.userinfo_endpoint.is_none() {
            return Ok(user);
        }
        let (more, _) = self.user_info(access_token).await?;
        if more.subject == user.subject {
            Ok(more)
        } else {
            Err(ProviderError::InvalidUser("its two answers are about two users"))
        }
    }

    /// The claims of an ID token that is valid for one of these clients.
    async fn claims(
        &self,
        token: &str,
        client_ids: &[&str],
        nonce: Option<&str>,
    ) -> Result<Value, ProviderError> {
        let header = id_token::header(token)?;
        let (metadata, now) = (self.metadata().await?, self.clock.now());
        let key = self.keys.find(&header, &self.client, &metadata.jwks_uri, now).await?;
        let expected = Expected { issuer: self.issuer.as_str(), client_ids, nonce, now };
        id_token::claims(token, &key, &expected)
    }

    async fn exchange(
        &self,
        grant: &[(&str, &str)],
        scopes: &[String],
    ) -> Result<ProviderTokens, ProviderError> {
        let metadata = self.metadata().await?;
        let (form, authorization) = self.authenticated(grant, metadata.takes_secret_in_form);
        let url = metadata.token_endpoint.as_str();
        let answer = self.client.post(url, &form, authorization).await?.accepted()?;
        ProviderTokens::of_answer(&answer, self.clock.now(), scopes)
    }

    /// The form of a grant, and the header that proves who we are if the form does not (RFC 6749, section
    /// 2.3.1). A public client only says who it is.
    fn authenticated(
        &self,
        grant: &[(&str, &str)],
        secret_in_form: bool,
    ) -> (SecretString, Option<SecretString>) {
        let (id, secret) = (self.config.client_id.as_str(), self.config.client_secret.as_ref());
        let secret = secret.map(SecretString::expose_secret);
        let mut form = Serializer::new(String::new());
        form.extend_pairs(grant);
        let mut header = None;
        match secret {
            Some(secret) if !secret_in_form => {
                let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
                header = Some(format!("Basic {pair}").into());
            }
            secret => {
                let secret = secret.map(|secret| ("client_secret", secret));
                form.append_pair("client_id", id).extend_pairs(secret);
            }
        }
        (form.finish().into(), header)
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        let now = self.clock.now();
        if let Some(metadata) = self.metadata.get(now) {
            return Ok(metadata);
        }
        let answer = self.client.get(&Metadata::url(&self.issuer), None).await?;
        Ok(self.metadata.set(now, Metadata::read(&answer.accepted()?, &self.issuer)?))
    }
}
