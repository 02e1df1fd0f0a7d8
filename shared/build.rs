//! Writes trust roots as PEM, taken from Mozilla's list: the whole of it for hosts of others, and
//! those of AWS's own endpoints, the Amazon Trust Services roots and the Starfield root that
//! cross-signs them (<https://www.amazontrust.com/repository/>).

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const SUBJECTS: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let all = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    let mut amazon = Vec::new();
    for subject in SUBJECTS {
        let root = all
            .iter()
            .find(|der| der.windows(subject.len()).any(|part| part == subject.as_bytes()))
            .ok_or_else(|| format!("Mozilla's list has no root named {subject}"))?;
        amazon.push(root);
    }
    write("amazon-roots.pem", amazon)?;
    write("mozilla-roots.pem", all)
}

fn write(
    name: &str,
    roots: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<(), Box<dyn Error>> {
    let mut pem = String::new();
    for root in roots {
        let base64 = STANDARD.encode(root);
        writeln!(pem, "-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----")?;
    }
    #[expect(clippy::disallowed_methods, reason = "cargo names the directory so")]
    let directory = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(PathBuf::from(directory).join(name), pem)?;
    Ok(())
}
