//! Two runs beside each other, as a page with plots.

use crate::memory::Look;
use crate::record::{by_function, quantile, times};
use crate::report::{Report, cores, megabytes, milliseconds};
use crate::{Arguments, plot, report};
use anyhow::Result;
use std::fmt::Write as _;

/// The name of the page, and the beginning of its plots' names.
const NAME: &str = "peer";
/// What the columns are called.
const SIDES: [&str; 2] = ["Tessera", "Better Auth"];

/// What a reader must know to compare the figures.
const DIFFERS: &str = "\
## What differs

- Better Auth is one process of Node, which serves all requests from the first to the last. Tessera is many: each
  process of a function has one request at a time, as on Lambda, and stands still until the next one. On Lambda,
  Better Auth would be as many processes as there are requests at the same time, too, each with its own memory.
- Memory is what is resident in all processes together. What processes share counts for each of them, since on Lambda
  they share nothing.
- Better Auth keeps its accounts in its own memory, with its adapter for development: a query reads every row, and a
  transaction copies them all, so that it gets slower with more accounts. Tessera's functions sign each call of a table
  and send it over HTTP. The tests' gateway is before the functions, and a proxy that records every call is between
  them and the table: a request waits for both, and Better Auth has neither.
- The table, the gateway and the proxy are parts of the program of the users. On AWS they are other machines, so there
  is a row without them and one with them; the plots are without them.
- The hashes of passwords differ: scrypt with 32 MiB at Better Auth, argon2id with 19 MiB here. A sign-up, a sign-in, a
  new password and the end of an account are mostly the hash.
- At Better Auth, every signature of a cookie or a token waits for the threads that hash passwords, too, of which Node
  has four. Many sign-ins at once slow down every request there; here, they are other processes.
- Tessera counts the attempts of each network and each account in its table. Better Auth's limit of requests is off.
- Both run on the machine of the users. A user waits for each response, so a server that is slower gets fewer requests.
";

/// Writes the page and draws the plots.
pub fn write(arguments: &Arguments, seed: u64, ours: &Report, theirs: &Report) -> Result<()> {
    let text = page(arguments, seed, [ours, theirs]);
    report::write(arguments, NAME, "Many users at once, beside Better Auth", &text)?;
    let [us, them] = SIDES;
    plot::draw_beside([(us, ours), (them, theirs)], &arguments.folder, NAME)
}

fn page(arguments: &Arguments, seed: u64, sides: [&Report; 2]) -> String {
    let [ours, theirs] = sides;
    let mut text = format!(
        "{users} users worked for {seconds} s at {us}, and then the same users at\n\
         {them}, on the same machine with {cores} cores.\n\
         They did the same things, which seed {seed} chose, with pauses of {pause} ms on average. Four times\n\
         in five they read their session; else they got a token for other services, listed their sessions,\n\
         changed their name or their password, signed out and in, or left and signed up again. At Tessera,\n\
         a function had {copies} processes at most.\n\n",
        users = arguments.users,
        seconds = arguments.seconds,
        us = ours.name,
        them = theirs.name,
        cores = cores(),
        pause = arguments.pause,
        copies = arguments.copies,
    );
    totals(&mut text, sides, arguments.users);
    text.push('\n');
    requests(&mut text, sides);
    for (plot, title) in [
        ("rate", "Responses a second"),
        ("times", "Time of a request"),
        ("cpu", "CPU time of all processes"),
        ("memory", "Memory of all processes"),
    ] {
        let _ = writeln!(text, "\n![{title}]({NAME}-{plot}.svg)");
    }
    let _ = write!(text, "\n{DIFFERS}");
    text
}

/// A row for each figure of a whole run.
fn totals(text: &mut String, sides: [&Report; 2], users: u16) {
    let [us, them] = SIDES;
    let _ = writeln!(text, "| | {us} | {them} | that is |\n|---|---|---|---|");
    let rates = sides.map(Report::rate);
    row(text, "requests a second", rates.map(|rate| format!("{rate:.0}")), Some(rates));
    let within = |per_mille| sides.map(|side| quantile(&times(&side.samples), per_mille));
    for (what, found) in [
        ("half within", within(500)),
        ("95 in a hundred within", within(950)),
        ("99 in a hundred within", within(990)),
        ("CPU a request", sides.map(Report::cpu_each)),
        (
            "the same with the table, the gateway and the proxy",
            sides.map(Report::cpu_each_with_table),
        ),
    ] {
        row(text, what, found.map(milliseconds), Some(found.map(|time| time.as_secs_f64())));
    }
    for (what, shares) in [
        ("share of their time that the users waited", sides.map(|side| side.waited(users))),
        ("share of the machine's CPU that was used, by the users too", sides.map(Report::used)),
    ] {
        row(text, what, shares.map(|share| format!("{share:.0} %")), Some(shares));
    }
    for (what, bytes) in [
        ("the largest process, at most", sides.map(|side| side.processes.most(largest))),
        ("all processes, at most", sides.map(|side| side.processes.most(|look| look.resident))),
    ] {
        let shown = bytes.map(|bytes| format!("{} MB", megabytes(bytes)));
        row(text, &format!("memory of {what}"), shown, Some(bytes.map(number)));
    }
    let counts = sides.map(|side| side.processes.most(|look| look.count).to_string());
    row(text, "processes, at most", counts, None);
    let accounts = sides.map(|side| side.accounts.to_string());
    row(text, "accounts that were compared", accounts, None);
}

fn largest(look: &Look) -> u64 {
    look.largest.values().copied().max().unwrap_or_default()
}

fn row(text: &mut String, what: &str, shown: [String; 2], values: Option<[f64; 2]>) {
    let [ours, theirs] = shown;
    let ratio = values.map(|[us, them]| format!("{:.1} times", them / us.max(f64::MIN_POSITIVE)));
    let ratio = ratio.unwrap_or_default();
    let _ = writeln!(text, "| {what} | {ours} | {theirs} | {ratio} |");
}

/// A row for each kind of request.
fn requests(text: &mut String, sides: [&Report; 2]) {
    let [us, them] = SIDES;
    let _ = writeln!(
        text,
        "| request | {us}: number | half within | 95 % | {them}: number | half within | 95 % |\n\
         |---|---|---|---|---|---|---|"
    );
    let [ours, theirs] = sides.map(|side| by_function(&side.samples));
    for (function, samples) in &ours {
        let _ = write!(text, "| {function}");
        for samples in
            [samples.as_slice(), theirs.get(function).map(Vec::as_slice).unwrap_or_default()]
        {
            let sorted = times(samples);
            let [half, most] = [500, 950].map(|share| milliseconds(quantile(&sorted, share)));
            let _ = write!(text, " | {} | {half} | {most}", samples.len());
        }
        text.push_str(" |\n");
    }
}

/// As a number to be divided.
fn number(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "only a ratio with one digit comes of it")]
    let bytes = bytes as f64;
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Sample;
    use clap::Parser as _;
    use std::time::Duration;

    fn report(name: &str, count: u64, milliseconds: u64) -> Report {
        let sample = |at| Sample {
            at: Duration::from_millis(at),
            function: "get-session",
            time: Duration::from_millis(milliseconds),
            status: 200,
        };
        let samples = (0..count).map(sample).collect();
        let took = Duration::from_secs(10);
        Report { took, samples, accounts: 7, ..Report::new(name) }
    }

    #[test]
    fn both_servers_stand_in_every_row() {
        let arguments = Arguments::parse_from(["load", "--peer", "--users", "20"]);
        let (ours, theirs) = (report("Tessera", 200, 10), report("Better Auth 1.7.25", 100, 25));
        let page = page(&arguments, 12, [&ours, &theirs]);
        for text in [
            "20 users worked for 300 s at Tessera, and then the same users at\nBetter Auth 1.7.25, on",
            "\n| requests a second | 20 | 10 | 0.5 times |\n",
            "\n| share of their time that the users waited | 1 % | 1 % |",
            "\n| half within | 10 ms | 25 ms | 2.5 times |\n",
            "\n| accounts that were compared | 7 | 7 |  |\n",
            "\n| get-session | 200 | 10 ms | 10 ms | 100 | 25 ms | 25 ms |\n",
            "\n![Memory of all processes](peer-memory.svg)\n",
            "\n## What differs\n",
        ] {
            assert!(page.contains(text), "{text} is not in\n{page}");
        }
    }
}
