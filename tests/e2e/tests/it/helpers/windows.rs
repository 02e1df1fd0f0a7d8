//! The windows of ten minutes in which attempts and mails are counted.

use std::time::Duration;

use shared::clock::Clock;

/// The length of a window, in seconds.
pub const WINDOW: i64 = 600;

/// Waits for the next window if this one ends soon: a test that counts must not meet its end.
pub async fn far_from_the_end() {
    let left = WINDOW - Clock::System.now().seconds().rem_euclid(WINDOW);
    if left < 20 {
        tokio::time::sleep(Duration::from_secs(left.unsigned_abs() + 1)).await;
    }
}
