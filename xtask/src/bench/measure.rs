//! How a function is measured.

use super::budgets::Budgets;
use super::build::Binaries;
use super::callgrind::Run;
use super::figures::{Figures, Handshakes, Instructions, TableUse, Times, median};
use super::fixture::Fixture;
use super::hash::{self, HashAlone};
use super::subject::Subject;
use crate::progress::step;
use anyhow::{Context, Result, bail};
use harness::meter::{self, Memory};
use harness::proxy::{Call, round_trips};
use harness::runtime::Launch;
use std::time::Duration;

/// Processes that the CPU times of the start and of the first call are medians of.
const STARTS: usize = 11;
/// Calls before the first that counts as warm.
const WARM_UP: usize = 20;
/// Calls that the CPU time of a warm call is the median of.
const CALLS: usize = 200;
/// Calls between the first one and the count of handshakes.
const MORE: usize = 10;
/// Calls that valgrind counts.
const COUNTED: u64 = 30;
/// The same with a hash in each, which takes a second there.
const COUNTED_HASHING: u64 = 3;
/// Makes calls that leave together overlap for certain.
const EXACT: Duration = Duration::from_millis(20);

/// What measurements need.
pub struct Bench<'a> {
    /// The table.
    pub fixture: Fixture,
    /// The binaries.
    pub binaries: &'a Binaries,
    /// Whether valgrind counts instructions.
    pub instructions: bool,
}

impl Bench<'_> {
    /// Measures one function.
    pub async fn measure(&self, name: &str, budgets: &Budgets) -> Result<Figures> {
        let hashes = budgets.hashes(name);
        step(&format!("{name}: CPU times over HTTP"));
        let binary = self.binaries.release.join(name);
        let size = std::fs::metadata(&binary);
        let size = size.with_context(|| format!("there is no {}", binary.display()))?.len();
        let engine = vec![("AWS_ENDPOINT_URL_DYNAMODB", self.fixture.engine.url().to_owned())];
        let (http, _) = self.times(name, hashes, &engine).await?;
        step(&format!("{name}: CPU times over TLS"));
        let tls = vec![
            ("AWS_ENDPOINT_URL_DYNAMODB", self.fixture.tls.url()),
            ("AWS_CA_BUNDLE", self.fixture.tls.ca_bundle.display().to_string()),
        ];
        let (over_tls, memory) = self.times(name, hashes, &tls).await?;
        let handshakes = self.handshakes(name, &tls).await?;
        let table = self.table_use(name).await?;
        let mut instructions = None;
        if self.instructions {
            step(&format!("{name}: instructions"));
            let start = self.start_instructions(name).await?;
            let repeats = if hashes { COUNTED_HASHING } else { COUNTED };
            let warm = self.warm_instructions(name, repeats, table.calls, &[]).await?;
            let mut new_token = None;
            if budgets.new_token_instructions(name).is_some() {
                let tokens = self.fixture.tokens(1 + 2 * usize::try_from(repeats)?).await?;
                new_token =
                    Some(self.warm_instructions(name, repeats, table.calls, &tokens).await?);
            }
            let hash = if hashes { Some(hash::instructions(self.binaries).await?) } else { None };
            instructions = Some(Instructions { start, warm, new_token, hash });
        }
        Ok(Figures { size, instructions, http, tls: over_tls, memory, handshakes, table })
    }

    async fn times(
        &self,
        name: &str,
        hashes: bool,
        endpoint: &[(&str, String)],
    ) -> Result<(Times, Memory)> {
        let subject = self.subject(name, Vec::new(), endpoint).await?;
        let (mut starts, mut firsts) = (Vec::new(), Vec::new());
        let mut memory = Memory { resident: 0, peak: 0 };
        for _ in 0..STARTS {
            subject.end().await?;
            let pid = subject.start().await?;
            starts.push(meter::cpu(pid)?);
            firsts.push(self.call(&subject, name, pid).await?);
            let now = meter::memory(pid)?;
            memory.resident = memory.resident.max(now.resident);
            memory.peak = memory.peak.max(now.peak);
        }
        let pid = subject.start().await?;
        let mut alone = if hashes { Some(HashAlone::start(self.binaries, &[])?) } else { None };
        let (mut calls, mut alones) = (Vec::new(), Vec::new());
        for _ in 0..WARM_UP + CALLS {
            calls.push(self.call(&subject, name, pid).await?);
            if let Some(alone) = &mut alone {
                alones.push(alone.hash().await?);
            }
        }
        subject.end().await?;
        let warm = median(calls.split_off(WARM_UP));
        let hash = hashes.then(|| median(alones.split_off(WARM_UP)));
        Ok((Times { start: median(starts), first: median(firsts), warm, hash }, memory))
    }

    /// One call, and the CPU time that it took.
    async fn call(&self, subject: &Subject, name: &str, pid: u32) -> Result<Duration> {
        let event = self.fixture.event(name).await?;
        let before = meter::cpu(pid)?;
        subject.call(event).await?;
        Ok(meter::cpu(pid)?.saturating_sub(before))
    }

    async fn handshakes(&self, name: &str, tls: &[(&str, String)]) -> Result<Handshakes> {
        let seen = || u64::try_from(self.fixture.tls.handshakes());
        let subject = self.subject(name, Vec::new(), tls).await?;
        let before = seen()?;
        subject.start().await?;
        let init = seen()?;
        for _ in 0..=MORE {
            subject.call(self.fixture.event(name).await?).await?;
        }
        let end = seen()?;
        subject.end().await?;
        Ok(Handshakes { in_init: init.saturating_sub(before), later: end.saturating_sub(init) })
    }

    async fn table_use(&self, name: &str) -> Result<TableUse> {
        let proxy = self.recorded(name);
        let subject = self.subject(name, Vec::new(), &proxy).await?;
        subject.start().await?;
        subject.call(self.fixture.event(name).await?).await?;
        let event = self.fixture.event(name).await?;
        self.taken(name);
        self.fixture.stack.recorder.set_delay(EXACT);
        let outcome = subject.call(event).await;
        self.fixture.stack.recorder.set_delay(Duration::ZERO);
        outcome?;
        subject.end().await?;
        let calls = self.taken(name);
        Ok(TableUse {
            round_trips: round_trips(&calls),
            calls: calls.len(),
            // The sum of nothing is -0.
            read_units: calls.iter().fold(0.0, |sum, call| sum + call.read_units),
            write_units: calls.iter().fold(0.0, |sum, call| sum + call.write_units),
        })
    }

    async fn start_instructions(&self, name: &str) -> Result<u64> {
        let run = Run::new(&self.binaries.scratch, &format!("{name}.start"));
        let mut environment = self.recorded(name);
        environment.push(("INIT_READ", "off".to_owned()));
        let subject = self.subject(name, run.wrapper(), &environment).await?;
        subject.start().await?;
        subject.end().await?;
        run.instructions()
    }

    /// The difference between `count` calls and twice as many, so that all else cancels out.
    /// Each call has its own of `tokens`; if there are none, all have the same one.
    async fn warm_instructions(
        &self,
        name: &str,
        count: u64,
        calls: usize,
        tokens: &[String],
    ) -> Result<u64> {
        for _ in 0..3 {
            let (few, calls_of_few) = self.counted(name, count, tokens).await?;
            let (many, calls_of_many) = self.counted(name, 2 * count, tokens).await?;
            // A call that was tried again, as a slow one is, would count double.
            if calls_of_many - calls_of_few == usize::try_from(count)? * calls {
                return Ok(many.saturating_sub(few) / count);
            }
        }
        bail!("its calls of the table are not the same each time under valgrind")
    }

    async fn counted(&self, name: &str, count: u64, tokens: &[String]) -> Result<(u64, usize)> {
        let run = Run::new(&self.binaries.scratch, &format!("{name}.warm"));
        let subject = self.subject(name, run.wrapper(), &self.recorded(name)).await?;
        self.taken(name);
        subject.start().await?;
        for call in 0..=usize::try_from(count)? {
            let token = tokens.get(call).unwrap_or(&self.fixture.user.token);
            subject.call(self.fixture.event_with(name, token).await?).await?;
        }
        subject.end().await?;
        Ok((run.instructions()?, self.taken(name).len()))
    }

    async fn subject(
        &self,
        name: &str,
        wrapper: Vec<String>,
        own: &[(&str, String)],
    ) -> Result<Subject> {
        let function = self.fixture.stack.template.function(name).context("an unknown function")?;
        let mut environment = function.environment.clone();
        let ses = self.fixture.stack.outbox.url();
        environment.insert("AWS_ENDPOINT_URL_SESV2".to_owned(), ses);
        environment.extend(own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Subject::new(Launch {
            name: name.to_owned(),
            program: self.binaries.release.join(name),
            wrapper,
            environment,
            memory: function.memory,
            timeout: Duration::from_secs(function.timeout),
            concurrency: 1,
            frozen: false,
        })
        .await
    }

    fn recorded(&self, name: &str) -> Vec<(&'static str, String)> {
        vec![("AWS_ENDPOINT_URL_DYNAMODB", self.fixture.stack.proxy.url(name))]
    }

    /// What the function called since the last time.
    fn taken(&self, name: &str) -> Vec<Call> {
        let calls = self.fixture.stack.recorder.take();
        calls.into_iter().filter(|call| call.function == name).collect()
    }
}
