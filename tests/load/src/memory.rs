//! Memory and CPU time of the servers' processes, second by second.

use harness::meter;
use std::collections::BTreeMap;
use std::time::Duration;

/// More than this a function may not grow by while it works, in bytes; and a tenth of what it has.
const GROWTH: u64 = 2 * 1024 * 1024;

/// A function that was seen less often than this in a quarter has only just begun to work.
const LOOKS: usize = 12;

/// All processes over time.
#[derive(Debug, Default)]
pub struct Processes {
    /// What was seen at each look.
    pub looks: Vec<Look>,
    /// CPU time that each process had used when it was last seen.
    cpu: BTreeMap<(String, u32), Duration>,
}

/// What was seen at one time.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Since the start.
    pub at: Duration,
    /// The largest resident process of each function, in bytes.
    pub largest: BTreeMap<String, u64>,
    /// What all processes together have resident, in bytes. What they share counts for each.
    pub resident: u64,
    /// How many processes there are.
    pub count: usize,
    /// CPU time that all processes have used until now, also those that have ended.
    pub cpu: Duration,
}

impl Processes {
    /// Looks at every process now: functions, and the ids of each one's processes.
    pub fn look(&mut self, at: Duration, functions: impl IntoIterator<Item = (String, Vec<u32>)>) {
        let mut look = Look { at, ..Look::default() };
        for (name, pids) in functions {
            for pid in pids {
                // A process may end between these lines.
                if let Ok(memory) = meter::memory(pid) {
                    let most = look.largest.entry(name.clone()).or_default();
                    *most = memory.resident.max(*most);
                    look.resident += memory.resident;
                    look.count += 1;
                }
                if let Ok(time) = meter::cpu(pid) {
                    self.cpu.insert((name.clone(), pid), time);
                }
            }
        }
        look.cpu = self.cpu.values().sum();
        self.looks.push(look);
    }

    /// The most of all looks.
    pub fn most<T: Ord + Default>(&self, measure: impl Fn(&Look) -> T) -> T {
        self.looks.iter().map(measure).max().unwrap_or_default()
    }

    /// CPU time of each function, over all its processes.
    pub fn cpu(&self) -> BTreeMap<String, Duration> {
        let mut sum: BTreeMap<String, Duration> = BTreeMap::new();
        for ((function, _), time) in &self.cpu {
            *sum.entry(function.clone()).or_default() += *time;
        }
        sum
    }

    /// The functions whose memory grows: what they have in the second quarter of the run, and in the last.
    /// A run of less than a minute is too short to tell.
    pub fn growing(&self) -> Vec<(String, u64, u64)> {
        let count = self.looks.len();
        let names: Vec<&String> = self.looks.iter().flat_map(|look| look.largest.keys()).collect();
        let mut found = BTreeMap::new();
        for name in names {
            let quarter = |from: usize| {
                let looks = self.looks.iter().skip(count * from / 4).take(count / 4);
                let found: Vec<u64> =
                    looks.filter_map(|look| look.largest.get(name)).copied().collect();
                if found.len() < LOOKS { None } else { found.into_iter().max() }
            };
            let (Some(early), Some(late)) = (quarter(1), quarter(3)) else { continue };
            if late > early + early / 10 + GROWTH {
                found.insert(name.clone(), (early, late));
            }
        }
        found.into_iter().map(|(name, (early, late))| (name, early, late)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn what_grows_is_found() {
        let run = |grows: u64| {
            let mut processes = Processes::default();
            for second in 0..100 {
                let largest = [("flat", 8 * MB), ("leaks", 8 * MB + second * grows)];
                let largest = largest.map(|(name, bytes)| (name.to_owned(), bytes)).into();
                let at = Duration::from_secs(second);
                processes.looks.push(Look { at, largest, ..Look::default() });
            }
            processes.growing().into_iter().map(|one| one.0).collect::<Vec<_>>()
        };
        assert_eq!(run(MB / 20), Vec::<String>::new(), "2.5 MB are within a tenth and 2 MB");
        assert_eq!(run(MB / 10), ["leaks"]);
    }

    #[test]
    fn processes_are_added_up() {
        let this = std::process::id();
        let mut processes = Processes::default();
        // No process has this number.
        let two = [("a".to_owned(), vec![this, u32::MAX >> 1]), ("b".to_owned(), vec![this])];
        processes.look(Duration::ZERO, two);
        processes.look(Duration::from_secs(1), []);
        let [first, last] = processes.looks.as_slice() else { panic!("two looks") };
        assert_eq!((first.count, first.largest.len()), (2, 2));
        assert!(first.resident >= 2 * first.largest["a"].min(first.largest["b"]));
        assert_eq!((last.count, last.resident), (0, 0));
        assert_eq!(last.cpu, first.cpu, "time that was used stays used");
        assert_eq!(processes.most(|look| look.count), 2);
    }
}
