//! What the table had to do.

use harness::proxy::Recorder;

/// Sums over all calls of a run.
#[derive(Debug, Default)]
pub struct Work {
    /// Calls.
    pub calls: u64,
    /// Capacity units of reads.
    pub read_units: f64,
    /// Capacity units of writes.
    pub write_units: f64,
}

impl Work {
    /// Adds what was recorded since the last time, and forgets the calls, which would fill the memory.
    pub fn add(&mut self, recorder: &Recorder) {
        for call in recorder.take() {
            self.calls += 1;
            self.read_units += call.read_units;
            self.write_units += call.write_units;
        }
    }
}
