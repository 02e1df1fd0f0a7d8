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
    /// Prints and writes it. What is wrong makes the run fail.
    pub fn finish(mut self, arguments: &Arguments, seed: u64) -> Result<ExitCode> {
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
        let text = self.text(arguments, seed);
        print!("\n{text}");
        let folder = &arguments.folder;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let name = if arguments.faults { "faults" } else { "load" };
        fs::write(folder.join(format!("{name}.md")), format!("{}{text}", head(arguments)))?;
        for path in plot::draw(&self, folder, name)? {
            println!("drew {}", path.display());
        }
        let mut total = 0;
        for (when, (texts, count)) in ["meanwhile", "afterwards"].iter().zip(&self.wrong) {
            total += count;
            for text in texts {
                println!("WRONG {when}: {text}");
            }
        }
        if total == 0 {
            println!("Nothing was lost, doubled or wrong.");
            return Ok(ExitCode::SUCCESS);
        }
        println!("{total} things are wrong; the first ones are above. --seed {seed} repeats them.");
        Ok(ExitCode::FAILURE)
    }

    fn text(&self, arguments: &Arguments, seed: u64) -> String {
        let mut text = String::new();
        let seconds = self.took.as_secs_f64();
        let count = self.samples.len();
        let rate = per_second(count, self.took);
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
            let looks = self.processes.looks.iter();
            let most = looks.filter_map(|(_, look)| look.get(function)).max().copied();
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
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let cores_time = self.took * u32::try_from(cores).unwrap_or(1);
        let share =
            |time: Duration| 100.0 * time.as_secs_f64() / cores_time.as_secs_f64().max(0.001);
        let functions: Duration = self.processes.cpu().values().sum();
        let thread = |name: &str| self.threads.get(name).copied().unwrap_or_default();
        let parts = [
            ("the functions", functions),
            ("the table", thread("table")),
            ("the gateway and the recording proxy", thread("gateway")),
            ("the clients", thread("clients")),
        ];
        let used: f64 = parts.iter().map(|(_, time)| share(*time)).sum();
        let _ = writeln!(text, "\nCPU of {cores} cores: {used:.0} % used\n");
        for (part, time) in parts {
            let _ = writeln!(text, "- {:.0} % {part}", share(time));
        }
        let limit = if used > 85.0 {
            "The cores of this machine limited the run."
        } else {
            "The pauses of the users limited the run."
        };
        let _ = writeln!(text, "\n{limit}");
    }
}

/// What the file says above the figures: how and when they were measured.
fn head(arguments: &Arguments) -> String {
    let (title, flag) = if arguments.faults {
        ("Many users while things break", " --faults")
    } else {
        ("Many users at once", "")
    };
    let (date, kind) = (OffsetDateTime::now_utc().date(), std::env::consts::ARCH);
    format!("# {title}\n\n`cargo xtask load{flag}` on {date}, {kind}:\n\n")
}

fn per_second(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / time.as_secs_f64().max(0.001)
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1_000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

/// With one digit after the point.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    format!("{}.{}", tenths / 10, tenths % 10)
}
