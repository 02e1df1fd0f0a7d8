//! Shows what the functions logged when a test fails.

use crate::runtime::Runtime;
use std::sync::Arc;
use std::time::Duration;

/// Maximum lines that are shown, of all functions together.
const MAX_LINES: usize = 60;

/// Prints the newest log lines of every function that was called, if it is dropped while its test
/// panics. `TESSERA_LOGS=1` shows all lines, of tests that pass as well.
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
        let logs = self.functions.iter().map(|function| {
            let lines = self.runtime.logs(function).unwrap_or_default();
            (function, lines)
        });
        let logs: Vec<_> = logs.filter(|(_, lines)| !lines.is_empty()).collect();
        let shown = MAX_LINES / logs.len().max(1);
        for (function, lines) in logs {
            let left_out = lines.len().saturating_sub(shown);
            if left_out > 0 {
                eprintln!("[{function}] … {left_out} lines before; TESSERA_LOGS=1 shows them");
            }
            for line in lines.iter().skip(left_out) {
                eprintln!("[{function}] {line}");
            }
        }
    }
}
