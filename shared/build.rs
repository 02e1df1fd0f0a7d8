//! Writes the trust roots of AWS's own endpoints, taken from Mozilla's list: the Amazon Trust Services
//! roots and the Starfield root that cross-signs them (<https://www.amazontrust.com/repository/>).

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use webpki_roots::TLS_SERVER_ROOTS;

const SUBJECTS: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut amazon = String::new();
    for name in SUBJECTS {
        let is_named = |subject: &[u8]| subject.windows(name.len()).any(|s| s == name.as_bytes());
        let root = TLS_SERVER_ROOTS.iter().find(|root| is_named(&root.subject));
        let root = root.ok_or_else(|| format!("Mozilla's list has no root named {name}"))?;
        if root.name_constraints.is_some() {
            return Err(format!("{name} has constraints now").into());
        }
        let [subject, key] = [&root.subject, &root.subject_public_key_info];
        write!(amazon, "root(&{:?}, &{:?}),", subject.as_ref(), key.as_ref())?;
    }
    #[expect(clippy::disallowed_methods, reason = "cargo names the directory so")]
    let directory = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(PathBuf::from(directory).join("amazon_roots.rs"), format!("[{amazon}]"))?;
    Ok(())
}
