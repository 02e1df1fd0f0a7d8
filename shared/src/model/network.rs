use std::net::Ipv6Addr;

/// The network that a request comes from: an IPv4 address; of an IPv6 address the first 48 bits,
/// since a customer can have all addresses that begin with them. `""` when unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network(String);

impl Network {
    /// The network of an IP address.
    pub fn of(ip_address: &str) -> Self {
        let address: Result<Ipv6Addr, _> = ip_address.parse();
        Self(match address.map(|address| (address.to_ipv4_mapped(), address.segments())) {
            Ok((None, [a, b, c, ..])) => format!("{a:x}:{b:x}:{c:x}::/48"),
            Ok((Some(v4), _)) => v4.to_string(),
            Err(_) => ip_address.to_owned(),
        })
    }

    /// The network as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f9_a_network_is_an_ipv4_address_or_48_bits() {
        let network = |ip: &str| Network::of(ip).0;
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
        assert_eq!(network("2001:DB8:1:ffff::9"), network("2001:db8:1:2:3:4:5:6"));
        assert_ne!(network("2001:db8:2::9"), network("2001:db8:1::9"));
        assert_eq!(network(""), "");
    }
}
