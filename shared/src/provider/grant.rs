use super::Verifier;

/// What is exchanged for the code of a callback (RFC 6749, section 4.1.3; RFC 7636, section 4.5).
pub(super) fn of_code<'a>(
    code: &'a str,
    verifier: &'a Verifier,
    redirect_uri: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.expose()),
    ]
}

/// What is exchanged for new tokens (RFC 6749, section 6).
pub(super) fn of_refresh_token(refresh_token: &str) -> [(&'static str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", refresh_token)]
}
