//! How processes are ended.

use super::{Instance, Phase, Pool};
use crate::http::lock;
use std::time::Duration;
use tokio::task::JoinHandle;

impl Pool {
    /// Kills the process that works on a request.
    pub(in crate::runtime) fn kill_request(&self, request_id: &str) {
        self.log(format!("{request_id} timed out"));
        self.kill_where(|instance| match &instance.phase {
            Phase::Busy(running) => running.request_id == request_id,
            Phase::Streaming(id) => id == request_id,
            Phase::Starting | Phase::Idle(_) => false,
        });
    }

    pub(in crate::runtime) async fn kill(&self) -> usize {
        let killed = self.kill_where(|_| true);
        let count = killed.len();
        for task in killed {
            let _ = task.await;
        }
        // Others need a moment to see that its connections are closed.
        tokio::time::sleep(Duration::from_millis(10)).await;
        count
    }

    pub(in crate::runtime) fn kill_one(&self, pid: u32) {
        self.kill_where(|instance| instance.pid == pid);
    }

    /// Kills processes and returns what ends with each. Dropping its phase ends its request.
    fn kill_where(&self, wanted: impl Fn(&Instance) -> bool) -> Vec<JoinHandle<()>> {
        let mut state = lock(&self.state);
        let killed = state.instances.extract_if(.., |_, instance| wanted(instance));
        let killed = killed.map(|(_, instance)| {
            instance.kill.notify_one();
            instance.task
        });
        killed.collect()
    }

    /// Ends all processes for good.
    pub(in crate::runtime) fn end(&self) {
        let mut state = lock(&self.state);
        state.ended = true;
        state.waiting.clear();
        for instance in std::mem::take(&mut state.instances).into_values() {
            // The task owns the process, which is killed when dropped.
            instance.task.abort();
        }
    }
}
