//! The processes of one function and the requests that wait for them.

use super::process::{Launch, spawn, watch};
use crate::http::lock;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function's answer.
    Answer(Bytes),
    /// The function failed: `errorType`, `errorMessage` as JSON.
    Error(Bytes),
    /// The process ended before it answered, or ran out of time and was killed.
    Died,
}

/// What a process gets from `/next`.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) request_id: String,
    pub(super) deadline_ms: u128,
    pub(super) arn: String,
    pub(super) body: Bytes,
}

pub(super) struct Pool {
    launch: Launch,
    api: SocketAddr,
    logs: Mutex<Vec<String>>,
    state: Mutex<State>,
    /// Tells those who wait for a process to become idle.
    idle: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Event, oneshot::Sender<Outcome>)>,
    instances: BTreeMap<u64, Instance>,
    last_id: u64,
    ended: bool,
}

struct Instance {
    pid: u32,
    kill: Arc<Notify>,
    /// Watches the process until it has ended.
    task: JoinHandle<()>,
    phase: Phase,
}

enum Phase {
    /// It will ask for a request soon.
    Starting,
    Idle(oneshot::Sender<Event>),
    Busy(String, oneshot::Sender<Outcome>),
}

impl Pool {
    pub(super) fn new(launch: Launch, api: SocketAddr) -> Self {
        let (logs, state) = (Mutex::default(), Mutex::default());
        Self { launch, api, logs, state, idle: Notify::new() }
    }

    pub(super) async fn invoke(self: &Arc<Self>, body: Bytes) -> Result<Outcome> {
        let request_id = request_id();
        let event = Event {
            request_id: request_id.clone(),
            deadline_ms: 0,
            arn: format!(
                "arn:aws:lambda:us-east-1:000000000000:function:tessera-{}",
                self.launch.name
            ),
            body,
        };
        let (reply, outcome) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            state.waiting.push_back((event, reply));
            self.assign(&mut state)?;
        }
        // A request that waits for a free process is given more time than the function has.
        let time = self.launch.timeout + Duration::from_secs(20);
        if let Ok(outcome) = tokio::time::timeout(time, outcome).await {
            return Ok(outcome.unwrap_or(Outcome::Died));
        }
        self.log(format!("{request_id} timed out"));
        self.kill_where(|phase| matches!(phase, Phase::Busy(id, _) if *id == request_id));
        Ok(Outcome::Died)
    }

    /// Hands waiting requests to idle processes, and starts processes for the rest.
    fn assign(self: &Arc<Self>, state: &mut State) -> Result<()> {
        for instance in state.instances.values_mut() {
            if !matches!(instance.phase, Phase::Idle(_)) {
                continue;
            }
            let Some((mut event, reply)) = state.waiting.pop_front() else { break };
            let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + self.launch.timeout;
            event.deadline_ms = deadline.as_millis();
            let busy = Phase::Busy(event.request_id.clone(), reply);
            let Phase::Idle(poll) = std::mem::replace(&mut instance.phase, busy) else { continue };
            // The process has just gone when this fails; its end is reported by its watcher.
            if let Err(event) = poll.send(event)
                && let Phase::Busy(_, reply) =
                    std::mem::replace(&mut instance.phase, Phase::Starting)
            {
                state.waiting.push_front((event, reply));
            }
        }
        let starting = |state: &State| {
            state.instances.values().filter(|i| matches!(i.phase, Phase::Starting)).count()
        };
        while state.waiting.len() > starting(state)
            && state.instances.len() < self.launch.concurrency
        {
            self.add_instance(state)?;
        }
        Ok(())
    }

    fn add_instance(self: &Arc<Self>, state: &mut State) -> Result<()> {
        anyhow::ensure!(!state.ended, "the runtime has ended");
        state.last_id += 1;
        let id = state.last_id;
        let child = spawn(&self.launch, self.api, id)?;
        let kill = Arc::new(Notify::new());
        let pid = child.id().context("the process ended at once")?;
        let (pool, killed) = (Arc::clone(self), Arc::clone(&kill));
        // It waits for the state, which is locked until the instance is in it.
        let task = tokio::spawn(async move {
            watch(child, &pool, &killed).await;
            pool.ended(id);
        });
        state.instances.insert(id, Instance { pid, kill, task, phase: Phase::Starting });
        Ok(())
    }

    /// A process has ended: its request fails, or the first that waits if it never got one.
    fn ended(self: &Arc<Self>, id: u64) {
        let mut state = lock(&self.state);
        let reply = match state.instances.remove(&id).map(|instance| instance.phase) {
            Some(Phase::Busy(_, reply)) => Some(reply),
            Some(Phase::Starting) => state.waiting.pop_front().map(|(_, reply)| reply),
            _ => None,
        };
        if let Some(reply) = reply {
            let _ = reply.send(Outcome::Died);
        }
        if let Err(error) = self.assign(&mut state) {
            self.log(format!("{error:#}"));
            state.waiting.clear();
        }
    }

    /// A process asks for its next request.
    pub(super) async fn next(self: &Arc<Self>, id: u64) -> Result<Event> {
        let (poll, event) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            let instance = state.instances.get_mut(&id).context("unknown instance")?;
            instance.phase = Phase::Idle(poll);
            self.idle.notify_waiters();
            self.assign(&mut state)?;
        }
        event.await.context("the process was told to end")
    }

    /// A process has finished a request.
    pub(super) fn finish(&self, id: u64, request_id: &str, outcome: Outcome) {
        let mut state = lock(&self.state);
        if let Some(instance) = state.instances.get_mut(&id)
            && matches!(&instance.phase, Phase::Busy(current, _) if current == request_id)
            && let Phase::Busy(_, reply) = std::mem::replace(&mut instance.phase, Phase::Starting)
        {
            let _ = reply.send(outcome);
        }
    }

    pub(super) async fn warm(self: &Arc<Self>) -> Result<()> {
        loop {
            let idle = self.idle.notified();
            tokio::pin!(idle);
            idle.as_mut().enable();
            {
                let mut state = lock(&self.state);
                if state.instances.values().any(|i| matches!(i.phase, Phase::Idle(_))) {
                    return Ok(());
                }
                if state.instances.is_empty() {
                    self.add_instance(&mut state)?;
                }
            }
            idle.await;
        }
    }

    pub(super) async fn kill(&self) -> usize {
        let killed = self.kill_where(|_| true);
        let count = killed.len();
        for task in killed {
            let _ = task.await;
        }
        // Others need a moment to see that its connections are closed.
        tokio::time::sleep(Duration::from_millis(10)).await;
        count
    }

    /// Kills processes and returns what ends with each. Dropping its phase ends its request.
    fn kill_where(&self, wanted: impl Fn(&Phase) -> bool) -> Vec<JoinHandle<()>> {
        let mut state = lock(&self.state);
        let killed = state.instances.extract_if(.., |_, instance| wanted(&instance.phase));
        let killed = killed.map(|(_, instance)| {
            instance.kill.notify_one();
            instance.task
        });
        killed.collect()
    }

    /// Ends all processes for good.
    pub(super) fn end(&self) {
        let mut state = lock(&self.state);
        state.ended = true;
        state.waiting.clear();
        for instance in std::mem::take(&mut state.instances).into_values() {
            // The task owns the process, which is killed when dropped.
            instance.task.abort();
        }
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        lock(&self.state).instances.values().map(|instance| instance.pid).collect()
    }

    pub(super) fn logs(&self) -> Vec<String> {
        lock(&self.logs).clone()
    }

    pub(super) fn log(&self, line: String) {
        lock(&self.logs).push(line);
    }
}

/// Shaped as a UUID, and never the same twice on one machine.
fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(
        "{:08x}-{:04x}-4000-8{:03x}-{:012x}",
        now.as_secs() & 0xffff_ffff,
        std::process::id() & 0xffff,
        (std::process::id() >> 16) & 0xfff,
        count
    )
}
