//! The ports of the local stack.

use anyhow::{Result, anyhow};
use harness::http::bind_loopback;
pub use harness::http::free_port as free;
use std::io::ErrorKind;

/// Moves the API's port.
pub const API: &str = "TESSERA_PORT";
/// Moves the table's port.
pub const TABLE: &str = "TESSERA_DYNAMODB_PORT";

/// Fails if something listens on a port already, and says what to do.
pub async fn check(variable: &str, port: u16) -> Result<()> {
    match bind_loopback(port).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(anyhow!(
            "port {port} is taken. End the program that uses it, or choose another port: \
             {variable}={} cargo xtask dev",
            port.saturating_add(1)
        )),
        Err(error) => Err(anyhow!(
            "cannot listen on port {port} ({error}). Choose another port with {variable}=…"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[tokio::test]
    async fn a_taken_port_is_named_with_its_variable() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = check(API, port).await.unwrap_err().to_string();
        assert!(message.contains(&format!("port {port} is taken")));
        assert!(message.contains("TESSERA_PORT="));
        assert!(check(API, free().unwrap()).await.is_ok());
    }
}
