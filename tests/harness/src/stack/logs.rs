//! Shows what the functions logged when a test fails.

use crate::runtime::Runtime;
use std::sync::Arc;
use std::time::Duration;

/// The newest lines of a function that are shown.
const MAX_LINES: usize = 30;

/// Prints the newest log lines of every function that was called, if it is dropped while its test
/// panics.
pub(super) struct ShownOnPanic {
    pub(super) runtime: Arc<Runtime>,
    pub(super) functions: Vec<String>,
}

impl Drop for ShownOnPanic {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        // Lines arrive a little after their response.
        std::thread::sleep(Duration::from_millis(100));
        for function in &self.functions {
            let lines = self.runtime.logs(function).unwrap_or_default();
            let left_out = lines.len().saturating_sub(MAX_LINES);
            if left_out > 0 {
                eprintln!("[{function}] … {left_out} lines before");
            }
            for line in lines.iter().skip(left_out) {
                eprintln!("[{function}] {line}");
            }
        }
    }
}
