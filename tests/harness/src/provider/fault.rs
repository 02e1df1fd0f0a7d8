use std::time::Duration;

/// What the provider does wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderFault {
    /// In the next ID token.
    IdToken(IdTokenFault),
    /// The next redirect from the authorization page has the `iss` of another issuer.
    RedirectWithWrongIssuer,
    /// The next redirect from the authorization page has no `iss`.
    RedirectWithoutIssuer,
    /// The next user who continues has no address.
    NoEmail,
    /// The next user who continues has an address that is not verified.
    UnverifiedEmail,
    /// The next response with tokens has no refresh token.
    NoRefreshToken,
    /// The next response with tokens has no ID token.
    NoIdToken,
    /// The next refresh token is refused, and is lost.
    RefusedRefresh,
    /// The next request for this path, such as `/token`, gets this response. The request does nothing.
    At(&'static str, Failure),
    /// The next request for this path does what it should, and its response is lost.
    LostResponse(&'static str),
    /// The next request for this path does what it should, and its response waits until
    /// [`clear_faults`](super::TestProvider::clear_faults).
    HeldResponse(&'static str),
}

/// What is wrong with an ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenFault {
    /// The `nonce` of another request.
    WrongNonce,
    /// No `nonce`, although the request has one.
    NoNonce,
    /// The `aud` of another client alone.
    WrongAudience,
    /// Two audiences, the client and another one; `azp` is the other one.
    WrongAuthorizedParty,
    /// Two audiences, the client and another one, and no `azp`.
    NoAuthorizedParty,
    /// It expired an hour ago.
    Expired,
    /// It was issued in one hour.
    FromTheFuture,
    /// Signed with a key that the provider does not publish, under the `kid` of one that it does.
    ForeignKey,
    /// Signed with a key that the provider does not publish, under a `kid` of its own.
    UnknownKey,
    /// `alg` is `none`, and there is no signature.
    Unsigned,
    /// `alg` is `HS256`, and the secret is the public key as the key set has it.
    PublicKeyAsSecret,
    /// The `iss` of another issuer.
    WrongIssuer,
}

/// A response that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No response until [`clear_faults`](super::TestProvider::clear_faults); then 503.
    Hold,
    /// 503 after this time.
    Slow(Duration),
    /// This status, with a JSON body that has no field of another response.
    Status(u16),
    /// 200 with a page of HTML.
    Html,
    /// 200 with two megabytes of JSON.
    Huge,
    /// 307 to the same path with a query, which responds as if nothing had happened.
    Redirect,
    /// The connection is closed without a response.
    HangUp,
}

impl ProviderFault {
    pub(super) fn id_token(self) -> Option<IdTokenFault> {
        if let Self::IdToken(fault) = self { Some(fault) } else { None }
    }

    pub(super) fn of_path(self, wanted: &str) -> Option<Failure> {
        match self {
            Self::At(path, failure) if path == wanted => Some(failure),
            _ => None,
        }
    }

    /// Whether it concerns the response of this path, once the work is done.
    pub(super) fn is_after(self, wanted: &str) -> bool {
        matches!(self, Self::LostResponse(path) | Self::HeldResponse(path) if path == wanted)
    }
}
