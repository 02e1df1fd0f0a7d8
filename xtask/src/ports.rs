//! The ports of the local stack: are they free, and if not, who holds them?

use anyhow::{Result, bail};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

/// Moves the API's port.
pub const API: &str = "TESSERA_PORT";
/// Moves the table's port.
pub const TABLE: &str = "TESSERA_DYNAMODB_PORT";

/// Fails with a message that helps when the port can't be had.
pub fn check(variable: &str, port: u16) -> Result<()> {
    let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else {
        return Ok(());
    };
    if error.kind() == ErrorKind::AddrInUse {
        let holder = holder(port).map_or_else(String::new, |name| format!(" by {name}"));
        bail!(
            "port {port} is taken{holder}.\nEnd that program, or choose another port: {variable}={} cargo xtask dev",
            port.saturating_add(1)
        );
    }
    bail!("cannot listen on port {port} ({error}); choose another with {variable}=…");
}

/// A port that nothing listens on now.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Name and process id of the listener, where the system tells.
fn holder(port: u16) -> Option<String> {
    by_proc(port).or_else(|| by_lsof(port))
}

/// Linux: the socket's inode stands in /proc/net, its owner has it among its open files.
fn by_proc(port: u16) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| listeners(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let id = process.file_name().to_string_lossy().into_owned();
        if id.parse::<u32>().is_err() {
            continue;
        }
        let files = std::fs::read_dir(process.path().join("fd"));
        let holds = files.into_iter().flatten().flatten().any(|file| {
            std::fs::read_link(file.path())
                .is_ok_and(|link| sockets.iter().any(|socket| link.as_os_str() == socket.as_str()))
        });
        if holds {
            let name = std::fs::read_to_string(process.path().join("comm")).ok()?;
            return Some(format!("{} (process {id})", name.trim()));
        }
    }
    None
}

/// The inodes of the sockets that listen on a port, from the text of /proc/net/tcp.
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTENING: &str = "0A";
    let ending = format!(":{port:04X}");
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let ours = fields.get(1)?.ends_with(&ending) && *fields.get(3)? == LISTENING;
            ours.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
        })
        .collect()
}

fn by_lsof(port: u16) -> Option<String> {
    let output = Command::new("lsof")
        .args(["-nP", "-sTCP:LISTEN", "-Fpc", &format!("-iTCP:{port}")])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let field = |mark: char| text.lines().find_map(|line| line.strip_prefix(mark));
    Some(format!("{} (process {})", field('c')?, field('p')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_its_variable() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = check(API, port).unwrap_err().to_string();
        assert!(message.contains(&format!("port {port} is taken")));
        assert!(message.contains("TESSERA_PORT="));
        if cfg!(target_os = "linux") {
            assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
        }
        assert!(check(API, free().unwrap()).is_ok());
    }
}
