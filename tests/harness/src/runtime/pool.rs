//! The processes of one function and the requests that wait for them.

mod kill;

use super::event::Event;
use super::process::{Launch, freeze, spawn, watch};
use crate::http::{Body, lock};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Whether every log line is shown as it comes.
static SHOWN: LazyLock<bool> = LazyLock::new(|| std::env::var_os("TESSERA_LOGS").is_some());

/// The outcome of a request.
#[derive(Debug)]
pub enum Outcome {
    /// The function's response.
    Response(Bytes),
    /// The function's response as it arrives, cut off if the function fails or dies before its end.
    Stream(Body),
    /// The function failed: `errorType`, `errorMessage` as JSON.
    Error(Bytes),
    /// The process ended before its response, or ran out of time and was killed.
    Died,
}

pub(super) struct Pool {
    launch: Launch,
    api: SocketAddr,
    logs: Mutex<Vec<String>>,
    state: Mutex<State>,
    /// Wakes those who wait for a process to become idle.
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
    Busy(Running),
    /// It writes the response to the request of this id.
    Streaming(String),
}

/// The request that a process works on.
pub(super) struct Running {
    request_id: String,
    /// When its time is up.
    pub(super) deadline: Instant,
    pub(super) sender: oneshot::Sender<Outcome>,
}

impl Pool {
    pub(super) fn new(launch: Launch, api: SocketAddr) -> Self {
        let (logs, state) = (Mutex::default(), Mutex::default());
        Self { launch, api, logs, state, idle: Notify::new() }
    }

    pub(super) async fn invoke(self: &Arc<Self>, body: Bytes) -> Result<Outcome> {
        let event = Event::new(&self.launch.name, body);
        let request_id = event.request_id.clone();
        let (sender, outcome) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            state.waiting.push_back((event, sender));
            self.assign(&mut state)?;
        }
        // A request that waits for a free process is given more time than the function has.
        let time = self.launch.timeout + Duration::from_secs(20);
        if let Ok(outcome) = tokio::time::timeout(time, outcome).await {
            return Ok(outcome.unwrap_or(Outcome::Died));
        }
        self.kill_request(&request_id);
        Ok(Outcome::Died)
    }

    /// Hands waiting requests to idle processes, and starts processes for the rest.
    fn assign(self: &Arc<Self>, state: &mut State) -> Result<()> {
        for instance in state.instances.values_mut() {
            if !matches!(instance.phase, Phase::Idle(_)) {
                continue;
            }
            let Some((mut event, sender)) = state.waiting.pop_front() else { break };
            let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + self.launch.timeout;
            event.deadline_ms = deadline.as_millis();
            let (request_id, deadline) =
                (event.request_id.clone(), Instant::now() + self.launch.timeout);
            let busy = Phase::Busy(Running { request_id, deadline, sender });
            let Phase::Idle(poll) = std::mem::replace(&mut instance.phase, busy) else { continue };
            if self.launch.frozen {
                freeze(instance.pid, false);
            }
            // The process has just ended when this fails; its end is reported by its watcher.
            if let Err(event) = poll.send(event)
                && let Phase::Busy(running) =
                    std::mem::replace(&mut instance.phase, Phase::Starting)
            {
                state.waiting.push_front((event, running.sender));
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
        let sender = match state.instances.remove(&id).map(|instance| instance.phase) {
            Some(Phase::Busy(running)) => Some(running.sender),
            Some(Phase::Starting) => state.waiting.pop_front().map(|(_, sender)| sender),
            _ => None,
        };
        if let Some(sender) = sender {
            let _ = sender.send(Outcome::Died);
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
            if self.launch.frozen {
                freeze(instance.pid, true);
            }
            self.idle.notify_waiters();
            self.assign(&mut state)?;
        }
        event.await.context("the process is ending")
    }

    /// A process has finished a request.
    pub(super) fn finish(&self, id: u64, request_id: &str, outcome: Outcome) {
        if let Some(running) = self.take(id, request_id, Phase::Starting) {
            let _ = running.sender.send(outcome);
        }
    }

    /// A process begins to stream its response; none if it has no such request.
    pub(super) fn begin_stream(&self, id: u64, request_id: &str) -> Option<Running> {
        self.take(id, request_id, Phase::Streaming(request_id.to_owned()))
    }

    /// The request that a process works on, which then is in another phase.
    fn take(&self, id: u64, request_id: &str, then: Phase) -> Option<Running> {
        let mut state = lock(&self.state);
        let phase = &mut state.instances.get_mut(&id)?.phase;
        match phase {
            Phase::Busy(running) if running.request_id == request_id => {}
            _ => return None,
        }
        match std::mem::replace(phase, then) {
            Phase::Busy(running) => Some(running),
            _ => None,
        }
    }

    /// The process has streamed its response; says whether the runtime still lives.
    pub(super) fn finish_stream(&self, id: u64) -> bool {
        let mut state = lock(&self.state);
        if let Some(instance) = state.instances.get_mut(&id)
            && matches!(instance.phase, Phase::Streaming(_))
        {
            instance.phase = Phase::Starting;
        }
        !state.ended
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

    pub(super) fn pids(&self) -> Vec<u32> {
        lock(&self.state).instances.values().map(|instance| instance.pid).collect()
    }

    pub(super) fn busy(&self) -> Vec<u32> {
        let state = lock(&self.state);
        let working = |phase: &Phase| matches!(phase, Phase::Busy(_) | Phase::Streaming(_));
        state.instances.values().filter(|i| working(&i.phase)).map(|i| i.pid).collect()
    }

    pub(super) fn logs(&self) -> Vec<String> {
        lock(&self.logs).clone()
    }

    pub(super) fn log(&self, line: String) {
        if *SHOWN {
            // Not through `eprintln!`, which a test that passes would swallow.
            let _ = writeln!(std::io::stderr(), "[{}] {line}", self.launch.name);
        }
        lock(&self.logs).push(line);
    }
}
