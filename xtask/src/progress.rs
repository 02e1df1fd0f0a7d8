//! Lines that say what is going on.

use std::time::Duration;

/// Announces what comes next.
pub fn step(text: &str) {
    println!("==> {text}");
}

/// `8.4 s` or `2 min 05 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
