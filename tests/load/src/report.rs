//! What a run came to, as a table, as plots, and as what was wrong.

use crate::Arguments;
use crate::memory::Processes;
use crate::plot;
use crate::record::{Sample, by_function, quantile, times};
use crate::table::Work;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use time::OffsetDateTime;

/// Everything that was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// The server.
    pub name: String,
    pub took: Duration,
    pub samples: Vec<Sample>,
    pub processes: Processes,
    pub threads: BTreeMap<String, Duration>,
    pub work: Work,
    pub accounts: usize,
    pub messages: usize,
    pub broken: BTreeMap<&'static str, usize>,
    pub killed: usize,
    pub frozen: usize,
    pub broken_replies: usize,
    pub gateway_errors: usize,
    /// While the users worked, and afterwards: the first things that were wrong, and how many there were.
    pub wrong: [(Vec<String>, usize); 2],
}

impl Report {
    /// Of users that have not begun, at this server.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Looks for what is wrong in the measurements themselves.
    pub fn judge(&mut self) {
        // A process that was killed takes its connections with it, and each carried one request.
        let most = self.killed + self.killed / 2 + self.frozen;
        let [(texts, count), _] = &mut self.wrong;
        if self.gateway_errors > most {
            *count += 1;
            texts.push(format!("the gateway made {} responses itself", self.gateway_errors));
        }
        for (function, early, late) in self.processes.growing() {
            *count += 1;
            let (early, late) = (megabytes(early), megabytes(late));
            texts.push(format!("the memory of {function} grew from {early} to {late} MB"));
        }
    }

    /// Prints and writes it.
    pub fn write(&self, arguments: &Arguments, seed: u64) -> Result<()> {
        let name = if arguments.faults { "faults" } else { "load" };
        let title =
            if arguments.faults { "Many users while things break" } else { "Many users at once" };
        write(arguments, name, title, &self.text(arguments, seed))?;
        plot::draw(self, &arguments.folder, name)
    }

    /// CPU time of all processes for one request.
    pub fn cpu_each(&self) -> Duration {
        self.each(self.processes.cpu().values().sum())
    }

    /// The same with the table and the gateway, which are threads of this process.
    pub fn cpu_each_with_table(&self) -> Duration {
        self.cpu_each() + self.each(self.thread("table") + self.thread("gateway"))
    }

    fn each(&self, time: Duration) -> Duration {
        time / u32::try_from(self.samples.len().max(1)).unwrap_or(u32::MAX)
    }

    fn thread(&self, name: &str) -> Duration {
        self.threads.get(name).copied().unwrap_or_default()
    }

    /// What share of their time the users waited for responses, in a hundred.
    pub fn waited(&self, users: u16) -> f64 {
        let waited: Duration = self.samples.iter().map(|sample| sample.time).sum();
        100.0 * waited.as_secs_f64() / (self.took * u32::from(users)).as_secs_f64().max(0.001)
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        let count = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        f64::from(count) / self.took.as_secs_f64().max(0.001)
    }

    fn text(&self, arguments: &Arguments, seed: u64) -> String {
        let mut text = String::new();
        let seconds = self.took.as_secs_f64();
        let count = self.samples.len();
        let rate = self.rate();
        let all = times(&self.samples);
        let (users, faults) =
            (arguments.users, if arguments.faults { ", with faults" } else { "" });
        let _ = writeln!(
            text,
            "- {users} users, {seconds:.0} s{faults}, seed {seed}, {} processes of a function at most\n\
             - {count} requests, {rate:.0} a second; half within {}, 95 % within {}, 99 % within {}\n\
             - {} calls of the table, {:.0} read units and {:.0} write units\n\
             - {} accounts and {} messages were compared\n",
            arguments.copies,
            milliseconds(quantile(&all, 500)),
            milliseconds(quantile(&all, 950)),
            milliseconds(quantile(&all, 990)),
            self.work.calls,
            self.work.read_units,
            self.work.write_units,
            self.accounts,
            self.messages,
        );
        self.functions(&mut text);
        self.limits(&mut text);
        if arguments.faults {
            let _ = writeln!(
                text,
                "\n{} processes killed, {} frozen for a while, {} replies of the assistant broken, \
                 {} responses of the gateway itself. Calls of the table:\n",
                self.killed, self.frozen, self.broken_replies, self.gateway_errors
            );
            for (fault, count) in &self.broken {
                let _ = writeln!(text, "- {count} {fault}");
            }
        }
        text
    }

    fn functions(&self, text: &mut String) {
        let cpu = self.processes.cpu();
        let _ = writeln!(
            text,
            "| function | requests | sent again | half within | 95 % | 99 % | CPU each | memory |\n\
             |---|---|---|---|---|---|---|---|"
        );
        for (function, samples) in by_function(&self.samples) {
            let sorted = times(&samples);
            let again = samples.iter().filter(|one| one.status == 0 || one.status >= 500).count();
            let each = cpu.get(function).copied().unwrap_or_default();
            let each = each / u32::try_from(samples.len().max(1)).unwrap_or(u32::MAX);
            let most = self.processes.most(|look| look.largest.get(function).copied());
            let _ = writeln!(
                text,
                "| {function} | {} | {again} | {} | {} | {} | {} | {} MB |",
                samples.len(),
                milliseconds(quantile(&sorted, 500)),
                milliseconds(quantile(&sorted, 950)),
                milliseconds(quantile(&sorted, 990)),
                milliseconds(each),
                megabytes(most.unwrap_or_default()),
            );
        }
    }

    /// Who used the CPU, and whether there was any left.
    fn limits(&self, text: &mut String) {
        let _ = writeln!(text, "\nCPU of {} cores: {:.0} % used\n", cores(), self.used());
        for (part, time) in self.parts() {
            let _ = writeln!(text, "- {:.0} % {part}", self.share(time));
        }
        let _ = writeln!(text, "\n{} limited the run.", self.limit());
    }

    /// CPU time by its users.
    fn parts(&self) -> [(&'static str, Duration); 4] {
        [
            ("the functions", self.processes.cpu().values().sum()),
            ("the table", self.thread("table")),
            ("the gateway and the recording proxy", self.thread("gateway")),
            ("the clients", self.thread("clients")),
        ]
    }

    /// What share of the machine's CPU time this was, in a hundred.
    fn share(&self, time: Duration) -> f64 {
        let cores_time = self.took * u32::try_from(cores()).unwrap_or(1);
        100.0 * time.as_secs_f64() / cores_time.as_secs_f64().max(0.001)
    }

    /// The share of all parts together.
    pub fn used(&self) -> f64 {
        self.parts().iter().map(|(_, time)| self.share(*time)).sum()
    }

    /// What kept the users from more requests.
    fn limit(&self) -> &'static str {
        if self.used() > 85.0 { "The cores of this machine" } else { "The pauses of the users" }
    }
}

/// Cores of this machine.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Prints a text, and writes it into the folder under its title and how and when it was measured.
pub fn write(arguments: &Arguments, name: &str, title: &str, text: &str) -> Result<()> {
    print!("\n{text}");
    let folder = &arguments.folder;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let flag = match (arguments.faults, arguments.peer) {
        (true, _) => " --faults",
        (_, true) => " --peer",
        _ => "",
    };
    let (date, kind) = (OffsetDateTime::now_utc().date(), std::env::consts::ARCH);
    let head = format!("# {title}\n\n`cargo xtask load{flag}` on {date}, {kind}:\n\n");
    fs::write(folder.join(format!("{name}.md")), format!("{head}{text}"))?;
    Ok(())
}

/// Prints what is wrong, which makes the run fail.
pub fn verdict(reports: &[&Report], seed: u64) -> ExitCode {
    let mut total = 0;
    for report in reports {
        for (when, (texts, count)) in ["meanwhile", "afterwards"].iter().zip(&report.wrong) {
            total += count;
            for text in texts {
                println!("WRONG {when} at {}: {text}", report.name);
            }
        }
    }
    if total == 0 {
        println!("Nothing was lost, doubled or wrong.");
        return ExitCode::SUCCESS;
    }
    println!("{total} things are wrong; the first ones are above. --seed {seed} repeats them.");
    ExitCode::FAILURE
}

/// `8.4 ms`, `120 ms`
pub fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1_000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

/// With one digit after the point.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    format!("{}.{}", tenths / 10, tenths % 10)
}
