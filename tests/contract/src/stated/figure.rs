//! A number with its unit in a text.

/// Numbers that are written as words.
const WORDS: [(&str, f64); 27] = [
    ("half", 0.5),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("twenty-four", 24.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("hundred", 100.0),
    ("thousand", 1_000.0),
    ("million", 1_000_000.0),
    ("fifth", 5.0),
    ("hundredth", 100.0),
];

/// Units in which a figure must have a source, as milliseconds, bytes, or as they are.
const UNITS: [(&str, f64); 13] = [
    ("ms", 1.0),
    ("millisecond", 1.0),
    ("s", 1_000.0),
    ("second", 1_000.0),
    ("minute", 60_000.0),
    ("hour", 3_600_000.0),
    ("day", 86_400_000.0),
    ("byte", 1.0),
    ("KB", KILO),
    ("MB", KILO * KILO),
    ("MiB", KILO * KILO),
    ("character", 1.0),
    ("token", 1.0),
];

const KILO: f64 = 1_024.0;

/// A number, and how many milliseconds or bytes its unit has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    number: f64,
    unit: f64,
}

impl Figure {
    /// The first figure of a text; if it has none, `a` or `an` is one.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').map(bare).collect();
        let first = |read: fn(&str) -> Option<f64>| {
            words.iter().enumerate().find_map(|(at, word)| Some((at, read(word)?)))
        };
        let (at, mut number) = first(number).or_else(|| first(article))?;
        let mut unit = 1.0;
        for word in words.iter().skip(at + 1) {
            match (*word, self::number(word), self::unit(word)) {
                ("million" | "thousand" | "hundred", Some(times), _) => number *= times,
                ("a" | "an", ..) => {}
                (_, _, factor) => {
                    unit = factor.unwrap_or(1.0);
                    break;
                }
            }
        }
        Some(Self { number, unit })
    }

    /// How many milliseconds or bytes a unit has.
    pub fn of_unit(word: &str) -> Option<f64> {
        unit(word)
    }

    /// Whether it is this value, in milliseconds, bytes or the like. A kilobyte may have 1,000 bytes.
    pub fn is(&self, value: f64) -> bool {
        let decimal = match self.unit {
            unit if (unit - KILO).abs() < 0.5 => 1e3,
            unit if (unit - KILO * KILO).abs() < 0.5 => 1e6,
            unit => unit,
        };
        [self.unit, decimal].iter().any(|unit| (self.number * unit - value).abs() < 1e-6)
    }
}

/// Each number of a text that one of the units follows, and each sum of dollars.
pub fn all(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let next = words.iter().skip(1).map(|word| bare(word)).chain([""]);
    let pairs = words.iter().zip(next);
    pairs
        .filter_map(|(word, next)| {
            let start = word.trim_start_matches(opening);
            number(bare(word))?;
            if start.starts_with('$') {
                return Some(bare(word).to_owned());
            }
            (start == bare(word) && (next == "%" || unit(next).is_some()))
                .then(|| format!("{start} {next}"))
        })
        .collect()
}

fn number(word: &str) -> Option<f64> {
    let known = WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    known.map(|(_, number)| *number).or_else(|| {
        let digits = word.strip_prefix('$').unwrap_or(word).replace(',', "");
        digits.starts_with(|c: char| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    })
}

fn article(word: &str) -> Option<f64> {
    ["a", "an", "A", "An"].contains(&word).then_some(1.0)
}

fn unit(word: &str) -> Option<f64> {
    let one = word.strip_suffix('s').filter(|one| one.len() > 1).unwrap_or(word);
    let known = UNITS.iter().find(|(name, _)| *name == one || *name == word);
    known.map(|(_, factor)| *factor)
}

/// A word without what may stand around it.
fn bare(word: &str) -> &str {
    word.trim_start_matches(opening).trim_end_matches(|c: char| ".,;:)*|”\"]".contains(c))
}

fn opening(c: char) -> bool {
    "(*|“\"[".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_with_their_units() {
        let text = "For 20 seconds (or 9 s), 5 of 7. At 10 % it costs **$0.50**, in 2026. Days of 1,000 MB.";
        assert_eq!(all(text), ["20 seconds", "9 s", "10 %", "$0.50", "1,000 MB"]);
        assert_eq!(all("one a second, 5, seconds, `2 x`"), Vec::<String>::new());
    }

    #[test]
    fn a_figure_is_a_number_of_milliseconds_or_bytes() {
        for (text, value) in [
            ("20 seconds", 20_000.0),
            ("half a minute", 30_000.0),
            ("up to an hour", 3_600_000.0),
            ("5 million tokens", 5e6),
            ("a hundred failures", 100.0),
            ("eight other requests", 8.0),
            ("64 KB", 65_536.0),
            ("6.5 MB", 6_500_000.0),
            ("$0.30", 0.3),
        ] {
            assert!(Figure::read(text).unwrap().is(value), "{text} is not {value}");
            assert!(!Figure::read(text).unwrap().is(value + 1.0), "{text}");
        }
        assert_eq!(Figure::read("no number"), None);
    }
}
