//! CPU time of this process, by the threads of its parts.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// The kernel counts in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of all threads that live, by their names.
pub fn by_thread() -> BTreeMap<String, Duration> {
    let mut found: BTreeMap<String, Duration> = BTreeMap::new();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    for task in tasks {
        let Ok(stat) = fs::read_to_string(task.path().join("stat")) else { continue };
        if let Some((name, time)) = read(&stat) {
            *found.entry(name).or_default() += time;
        }
    }
    found
}

/// What threads have used since an earlier look.
pub fn since(earlier: &BTreeMap<String, Duration>) -> BTreeMap<String, Duration> {
    let mut used = by_thread();
    for (name, time) in &mut used {
        *time = time.saturating_sub(earlier.get(name).copied().unwrap_or_default());
    }
    used
}

/// Name and CPU time of `/proc/self/task/…/stat`; the name is in parentheses and may contain anything.
fn read(stat: &str) -> Option<(String, Duration)> {
    let (head, rest) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some((name, TICK * (ticks(11)? + ticks(12)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_read_whatever_its_name_is() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 25 5 0 0 20 0 9 0 100 0 0";
        let time = Duration::from_millis(300);
        assert_eq!(read(stat), Some(("a) b".to_owned(), time)));
        assert!(!by_thread().is_empty());
    }

    #[test]
    fn time_before_does_not_count() {
        let mut earlier = by_thread();
        for time in earlier.values_mut() {
            *time += Duration::from_hours(1);
        }
        for (name, time) in since(&earlier) {
            assert!(time == Duration::ZERO || !earlier.contains_key(&name), "{name}");
        }
    }
}
