//! Memory and CPU time of the functions' processes, second by second.

use harness::{Stack, meter};
use std::collections::BTreeMap;
use std::time::Duration;

/// More than this a function may not grow by while it works, in bytes; and a tenth of what it has.
const GROWTH: u64 = 2 * 1024 * 1024;

/// A function that was seen less often than this in a quarter has only just begun to work.
const LOOKS: usize = 12;

/// The processes of all functions over time.
#[derive(Debug, Default)]
pub struct Processes {
    /// The largest resident process of each function, in bytes, at each look.
    pub looks: Vec<(Duration, BTreeMap<String, u64>)>,
    /// CPU time that each process had used when it was last seen.
    cpu: BTreeMap<(String, u32), Duration>,
}

impl Processes {
    /// Looks at every process now.
    pub fn look(&mut self, stack: &Stack, at: Duration) {
        let mut largest: BTreeMap<String, u64> = BTreeMap::new();
        for function in &stack.template.functions {
            let name = &function.name;
            for pid in stack.runtime.pids(name).unwrap_or_default() {
                // A process may end between these lines.
                if let Ok(memory) = meter::memory(pid) {
                    let most = largest.entry(name.clone()).or_default();
                    *most = memory.resident.max(*most);
                }
                if let Ok(time) = meter::cpu(pid) {
                    self.cpu.insert((name.clone(), pid), time);
                }
            }
        }
        self.looks.push((at, largest));
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
        let names: Vec<&String> = self.looks.iter().flat_map(|(_, look)| look.keys()).collect();
        let mut found = BTreeMap::new();
        for name in names {
            let quarter = |from: usize| {
                let looks = self.looks.iter().skip(count * from / 4).take(count / 4);
                let found: Vec<u64> =
                    looks.filter_map(|(_, look)| look.get(name)).copied().collect();
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

    #[test]
    fn what_grows_is_found() {
        const MB: u64 = 1024 * 1024;
        let mut processes = Processes::default();
        for second in 0..100_u64 {
            let look = [("flat", 8 * MB), ("leaks", 8 * MB + second * MB / 20)];
            let look = look.map(|(name, bytes)| (name.to_owned(), bytes));
            processes.looks.push((Duration::from_secs(second), look.into()));
        }
        let growing: Vec<String> = processes.growing().into_iter().map(|one| one.0).collect();
        assert_eq!(growing, Vec::<String>::new(), "2.5 MB are within a tenth and 2 MB");
        for (second, (_, look)) in processes.looks.iter_mut().enumerate() {
            look.insert("leaks".to_owned(), (8 * MB).saturating_add(second as u64 * MB / 10));
        }
        let growing: Vec<String> = processes.growing().into_iter().map(|one| one.0).collect();
        assert_eq!(growing, ["leaks"]);
    }
}
