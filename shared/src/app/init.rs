use crate::model::Ring;

/// What a function does in INIT, where the CPU is free: it opens as many connections to the table
/// as its handler uses at once, since a TLS handshake in a call would take longer than the call,
/// and gets its signing key ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Init {
    pub(super) connections: u8,
    pub(super) signs: Option<Ring>,
}

/// One request of the table after the other, and no signatures.
impl Default for Init {
    fn default() -> Self {
        Self { connections: 1, signs: None }
    }
}

impl Init {
    /// The function does not use the table.
    pub fn without_table() -> Self {
        Self { connections: 0, signs: None }
    }

    /// The function has two requests of the table under way at once.
    #[must_use]
    pub fn two_connections(self) -> Self {
        Self { connections: 2, ..self }
    }

    /// The function signs with this ring.
    #[must_use]
    pub fn signs(self, ring: Ring) -> Self {
        Self { signs: Some(ring), ..self }
    }
}
