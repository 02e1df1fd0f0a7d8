//! What an earlier run left behind because it was killed before it could end its children.

use super::processes::{self, Process};
use std::fs;
use std::path::Path;

/// Remembers a child and us: each by its id and start time.
pub fn note(file: &Path, child: i32) {
    let own = i32::try_from(std::process::id()).ok().and_then(processes::find);
    if let (Some(own), Some(child)) = (own, processes::find(child)) {
        let lines = [&own, &child].map(|process| format!("{} {}", process.id, process.started));
        // Without the note, only the tidying up after a kill is lost.
        let _ = fs::write(file, lines.join("\n"));
    }
}

/// Ends the noted child and all below it, if it is still there and its parent is not.
pub fn end(file: &Path) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut lines = text.lines();
    let (parent, child) = (lines.next().and_then(running), lines.next().and_then(running));
    if let (None, Some(child)) = (parent, child) {
        println!("An earlier run was killed; ending what it left.");
        let mut all = processes::below(child.id);
        all.insert(0, child);
        processes::end(&all);
    }
}

/// Drops the note.
pub fn forget(file: &Path) {
    let _ = fs::remove_file(file);
}

fn running(line: &str) -> Option<Process> {
    let (id, started) = line.split_once(' ')?;
    processes::find(id.parse().ok()?).filter(|process| process.started == started)
}
