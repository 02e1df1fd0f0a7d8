//! The processes below one of our children. `cargo lambda watch` gives every function a session
//! of its own, so a signal to its process group does not reach them.

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::path::Path;
use std::process::Command;

/// A process, told apart from a later one with the same id by its start time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: i32,
    parent: i32,
    /// When, in the system's own words.
    pub started: String,
}

/// The process with this id, if it runs.
pub fn find(id: i32) -> Option<Process> {
    list().into_iter().find(|process| process.id == id)
}

/// Ends those of `processes` that still run, at once.
pub fn end(processes: &[Process]) {
    for process in remaining(processes) {
        send(process.id, Signal::KILL);
    }
}

/// Every process below `ancestor`, at any depth.
pub fn below(ancestor: i32) -> Vec<Process> {
    let all = list();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        for process in all.iter().filter(|process| process.parent == parent) {
            parents.push(process.id);
            found.push(process.clone());
        }
    }
    found
}

/// Sends a signal; a process that is gone already is no error.
pub fn send(id: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(id) {
        let _ = kill_process(pid, signal);
    }
}

/// Those of `processes` that still run.
pub fn remaining(processes: &[Process]) -> Vec<Process> {
    if !processes.iter().any(|process| is_there(process.id)) {
        return Vec::new();
    }
    let all = list();
    processes
        .iter()
        .filter(|process| {
            all.iter().any(|now| now.id == process.id && now.started == process.started)
        })
        .cloned()
        .collect()
}

fn is_there(id: i32) -> bool {
    Pid::from_raw(id).is_some_and(|pid| test_kill_process(pid).is_ok())
}

fn list() -> Vec<Process> {
    if Path::new("/proc/self/stat").exists() { from_proc() } else { from_ps() }
}

fn from_proc() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id = entry.file_name().to_string_lossy().parse().ok()?;
            let text = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            read_stat(id, &text)
        })
        .collect()
}

/// The program's name, in parentheses, may hold anything; what follows it is state, parent and so on.
fn read_stat(id: i32, text: &str) -> Option<Process> {
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.to_owned();
    (state != "Z").then_some(Process { id, parent, started })
}

fn from_ps() -> Vec<Process> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat=,lstart="]).output();
    let text = output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    );
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let id = fields.next()?.parse().ok()?;
            let parent = fields.next()?.parse().ok()?;
            let state = fields.next()?;
            let started = fields.collect::<Vec<_>>().join(" ");
            (!state.starts_with('Z')).then_some(Process { id, parent, started })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_seen_and_ended() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        let id = i32::try_from(child.id()).unwrap();
        let found: Vec<Process> = below(own).into_iter().filter(|one| one.id == id).collect();
        assert_eq!(remaining(&found).len(), 1);
        send(id, Signal::KILL);
        child.wait().unwrap();
        assert!(remaining(&found).is_empty());
    }

    #[test]
    fn the_start_time_is_the_twenty_second_field() {
        let text = "7 (a) b) S 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 2222 22 23";
        let process = read_stat(7, text).unwrap();
        assert_eq!((process.parent, process.started.as_str()), (3, "2222"));
    }
}
