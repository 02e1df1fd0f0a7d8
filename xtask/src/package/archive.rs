//! The archive of one function.

use anyhow::{Context, Result};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What Lambda starts.
const PROGRAM: &str = "bootstrap";

/// A zip archive that has nothing but the program. It is the same for the same program, so it has no time.
pub fn of(program: &[u8]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(PROGRAM, options).context("cannot begin the archive")?;
    archive.write_all(program).context("cannot write the archive")?;
    Ok(archive.finish().context("cannot end the archive")?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use zip::ZipArchive;

    #[test]
    fn an_archive_depends_on_the_program_alone_and_unpacks_to_it() {
        let program = b"a program ".repeat(1000);
        let archive = of(&program).unwrap();
        assert_eq!(archive, of(&program).unwrap());
        assert_ne!(archive, of(&[program.as_slice(), b"!"].concat()).unwrap());
        assert!(archive.len() < program.len() / 10);
        let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut file = archive.by_name(PROGRAM).unwrap();
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(file.last_modified(), Some(DateTime::default()));
        let mut unpacked = Vec::new();
        file.read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, program);
    }
}
