//! The environment of the functions: template.yaml's variables, with this machine's values.

use anyhow::{Context, Result, ensure};
use harness::template::Template;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The secret that seals the signing keys: made once, kept beside the data that it opens.
pub fn secret(folder: &Path) -> Result<String> {
    let path = folder.join("auth-secret");
    if let Ok(secret) = fs::read_to_string(&path) {
        return Ok(secret.trim().to_owned());
    }
    let mut bytes = [0_u8; 32];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("cannot read random bytes")?;
    let mut secret = String::new();
    for byte in bytes {
        write!(secret, "{byte:02x}")?;
    }
    private(&path, &secret)?;
    Ok(secret)
}

/// Writes the file for `cargo lambda watch --env-file` and answers its path.
///
/// Watch has one environment for all functions, so a variable must mean the same in each.
pub fn write(folder: &Path, template: &Template, table_url: &str) -> Result<PathBuf> {
    let mut variables: BTreeMap<&str, &str> = BTreeMap::new();
    for function in &template.functions {
        for (name, value) in &function.environment {
            let before = variables.insert(name, value);
            ensure!(
                before.is_none_or(|before| before == value),
                "template.yaml: {name} of {} differs from another function's",
                function.name
            );
        }
    }
    variables.extend([
        ("AWS_ENDPOINT_URL_DYNAMODB", table_url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ]);
    let mut lines = String::new();
    for (name, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(lines, "{name}={value}")?;
    }
    let path = folder.join("functions.env");
    private(&path, &lines)?;
    Ok(path)
}

/// Writes a file that only its owner may read.
fn private(path: &Path, text: &str) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_secret_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("tessera-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let first = secret(&folder).unwrap();
        assert!(first.len() >= 43);
        assert_eq!(secret(&folder).unwrap(), first);
        let mode = fs::metadata(folder.join("auth-secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }
}
