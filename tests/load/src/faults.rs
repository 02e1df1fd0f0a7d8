//! What breaks at random: calls of the table, and processes of functions.

use fastrand::Rng;
use harness::Stack;
use harness::proxy::Chance;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Of a thousand calls of the table, so many meet a fault.
const USUAL: u64 = 20;
/// The same in a storm, which comes every ten seconds and lasts one.
const STORM: u64 = 700;

/// What has been broken.
#[derive(Debug, Default)]
pub struct Broken {
    /// Processes that were killed while they worked.
    pub killed: AtomicUsize,
    /// Processes that were stopped for a while in the middle of their work.
    pub frozen: AtomicUsize,
}

/// Breaks things until the tasks are dropped.
pub fn start(stack: &Arc<Stack>, seed: u64, broken: &Arc<Broken>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(storms(Arc::clone(stack), seed));
    tasks.spawn(kills(Arc::clone(stack), Rng::with_seed(seed ^ 1), Arc::clone(broken)));
    tasks.spawn(freezes(Arc::clone(stack), Rng::with_seed(seed ^ 2), Arc::clone(broken)));
    tasks
}

async fn storms(stack: Arc<Stack>, seed: u64) {
    loop {
        for (per_mille, seconds) in [(USUAL, 9), (STORM, 1)] {
            stack.proxy.set_chance(Some(Chance { seed, per_mille }));
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
}

async fn kills(stack: Arc<Stack>, mut rng: Rng, broken: Arc<Broken>) {
    loop {
        tokio::time::sleep(Duration::from_millis(rng.u64(500..2_500))).await;
        if let Some((function, pid)) = at_work(&stack, &mut rng)
            && stack.runtime.kill_one(&function, pid).is_ok()
        {
            broken.killed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn freezes(stack: Arc<Stack>, mut rng: Rng, broken: Arc<Broken>) {
    loop {
        tokio::time::sleep(Duration::from_millis(rng.u64(500..2_500))).await;
        let Some((_, pid)) = at_work(&stack, &mut rng) else { continue };
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { continue };
        if kill_process(pid, Signal::STOP).is_ok() {
            let _frozen = Frozen(pid);
            broken.frozen.fetch_add(1, Ordering::Relaxed);
            let time = rng.u64(50..3_000);
            tokio::time::sleep(Duration::from_millis(time)).await;
        }
    }
}

/// A process that stands still until this is dropped.
struct Frozen(Pid);

impl Drop for Frozen {
    fn drop(&mut self) {
        // It may have been killed meanwhile.
        let _ = kill_process(self.0, Signal::CONT);
    }
}

/// A process that works on a request, if there is any.
fn at_work(stack: &Stack, rng: &mut Rng) -> Option<(String, u32)> {
    let functions = stack.template.functions.iter();
    let busy = functions.flat_map(|function| {
        let pids = stack.runtime.busy(&function.name).unwrap_or_default();
        pids.into_iter().map(|pid| (function.name.clone(), pid))
    });
    let busy: Vec<(String, u32)> = busy.collect();
    let at = rng.usize(..busy.len().max(1));
    busy.into_iter().nth(at)
}
