//! How far a command is: a bar on a terminal, a line now and then elsewhere, and nothing if it is quick.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

const WIDTH: usize = 30;
const BAR_INTERVAL: Duration = Duration::from_millis(100);
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// The progress of a command.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    unit: &'static str,
    terminal: bool,
    shown: Instant,
    has_bar: bool,
}

impl Progress {
    /// Of so many units, such as users.
    pub(crate) fn new(total: usize, unit: &'static str) -> Self {
        let terminal = stderr().is_terminal();
        Self { total, unit, terminal, shown: Instant::now(), has_bar: false }
    }

    /// Shows that this number of units is done, if it is time to.
    pub(crate) fn show(&mut self, done: usize) {
        let interval = if self.terminal { BAR_INTERVAL } else { LINE_INTERVAL };
        if self.shown.elapsed() < interval {
            return;
        }
        self.shown = Instant::now();
        let (total, unit) = (self.total, self.unit);
        // A broken terminal is no reason to stop.
        let _ = if self.terminal {
            self.has_bar = true;
            write!(stderr(), "\r{} {done} of {total} {unit}", bar(done, total))
        } else {
            writeln!(stderr(), "{done} of {total} {unit}")
        };
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        if self.has_bar {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

fn bar(done: usize, total: usize) -> String {
    let full = done.saturating_mul(WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}]", "=".repeat(full), " ".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_at_the_end() {
        assert_eq!(bar(0, 0), format!("[{}]", "=".repeat(30)));
        assert_eq!(bar(1, 3), format!("[{}{}]", "=".repeat(10), " ".repeat(20)));
        assert_eq!(bar(3, 3), format!("[{}]", "=".repeat(30)));
    }
}
