//! RSA keys by the program `openssl`: no library of ours makes them, and no product code needs one.

use anyhow::{Context as _, Result, ensure};
use ring::signature::RsaKeyPair;
use std::process::{Command, Stdio};

/// A new key of 2048 bits.
pub(super) fn make() -> Result<RsaKeyPair> {
    let output = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .args(["-outform", "DER"])
        .stdin(Stdio::null())
        .output()
        .context("ID tokens with RS256 need the program `openssl`, which makes the key")?;
    let says = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`openssl genpkey` failed: {says}");
    let der = output.stdout;
    // Some versions write PKCS #8, others PKCS #1.
    let pair = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
    pair.map_err(anyhow::Error::msg)
}
