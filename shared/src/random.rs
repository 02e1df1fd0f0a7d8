//! Randomness from the operating system, through ring.

use ring::rand::{SecureRandom, SystemRandom};

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Random bytes. The operating system's generator does not fail on the platforms that Lambda
/// offers. If it ever did, predictable bytes would be worse than the end of the process.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// Random text of `N` letters and digits. Of the 64 values of six bits, the two without a character
/// are skipped, so that every character is equally likely.
pub(crate) fn alphanumeric<const N: usize>() -> String {
    let mut text = String::with_capacity(N);
    while text.len() < N {
        for byte in bytes::<64>() {
            let index = usize::from(byte & 63);
            if let Some(&letter) = ALPHABET.get(index)
                && text.len() < N
            {
                text.push(char::from(letter));
            }
        }
    }
    text
}

/// Random text of `N` decimal digits. Bytes from 250 on are skipped, so that every digit is equally
/// likely.
pub(crate) fn digits<const N: usize>() -> String {
    let mut text = String::with_capacity(N);
    while text.len() < N {
        let usable = bytes::<16>().into_iter().filter(|byte| *byte < 250);
        let missing = N - text.len();
        text.extend(usable.take(missing).map(|byte| char::from(b'0' + byte % 10)));
    }
    text
}

/// A random number of milliseconds from 0 to `max`, for jitter.
pub(crate) fn milliseconds_up_to(max: u64) -> u64 {
    u64::from_le_bytes(bytes()) % (max + 1)
}
