//! The figures as bars, in SVG, with Better Auth's where it was measured in the same run.

use super::figures::Figures;
use super::peer::Compared;
use anyhow::{Context, Result, anyhow};
use plotters::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Sizes of a plot, in pixels.
const WIDTH: u32 = 760;
const ROW: i32 = 22;
const LABELS: i32 = 250;
const VALUES: i32 = 90;

/// A bar: what it is, how much, and whether it is the peer's.
#[derive(Debug, Clone, PartialEq)]
struct Bar {
    label: String,
    value: f64,
    is_peer: bool,
}

/// Draws the plots of a run into a folder, and returns their paths.
pub fn draw(
    folder: &Path,
    measured: &[(String, Figures)],
    compared: &[Compared],
) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let ours = |pick: fn(&Figures) -> f64| {
        let bar = |(name, figures): &(String, Figures)| Bar::ours(name, pick(figures));
        measured.iter().map(bar).collect::<Vec<_>>()
    };
    let beside = |mut bars: Vec<Bar>, pick: fn(&Compared) -> f64| {
        let theirs = compared.iter().map(|one| Bar {
            label: format!("{}: Better Auth", one.function),
            value: pick(one),
            is_peer: true,
        });
        bars.extend(theirs);
        bars
    };
    // One bundle does all that Better Auth does.
    let bundle = compared.first().map(|one| Bar {
        label: "Better Auth, without Node".to_owned(),
        value: megabytes(one.their_size),
        is_peer: true,
    });
    let sizes = ours(|f| megabytes(f.size)).into_iter().chain(bundle);
    let plots = [
        ("size", "Size of the binary, or of the bundle, MB", sizes.collect()),
        (
            "start",
            "Start to the first response, CPU, ms",
            beside(ours(|f| (f.http.start + f.http.first).as_secs_f64() * 1e3), |c| {
                c.their_start.as_secs_f64() * 1e3
            }),
        ),
        (
            "warm",
            "Warm call, CPU, ms",
            beside(ours(|f| f.http.warm.as_secs_f64() * 1e3), |c| c.their_warm.as_secs_f64() * 1e3),
        ),
        (
            "memory",
            "Resident after the first response, MB",
            beside(ours(|f| megabytes(f.memory.resident)), |c| megabytes(c.their_resident)),
        ),
    ];
    let mut paths = Vec::new();
    for (name, title, bars) in plots {
        let path = folder.join(format!("{name}.svg"));
        bars_of(&path, title, &bars).map_err(|error| anyhow!("cannot draw {name}: {error}"))?;
        paths.push(path);
    }
    Ok(paths)
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1e3
}

impl Bar {
    fn ours(name: &str, value: f64) -> Self {
        Self { label: name.to_owned(), value, is_peer: false }
    }

    /// How long it is, of a longest value.
    fn length(&self, longest: f64, pixels: i32) -> i32 {
        let share = (self.value / longest.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "at most the width of the plot")]
        let length = (share * f64::from(pixels)) as i32;
        length.max(1)
    }
}

fn bars_of(path: &Path, title: &str, bars: &[Bar]) -> Result<(), Box<dyn Error>> {
    let rows = i32::try_from(bars.len())?;
    let height = u32::try_from(40 + ROW * rows)?;
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw_text(title, &("sans-serif", 16).into_text_style(&area), (8, 10))?;
    let longest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let room = i32::try_from(WIDTH)? - LABELS - VALUES;
    let small = ("sans-serif", 13).into_text_style(&area);
    for (bar, row) in bars.iter().zip(0..) {
        let top = 36 + ROW * row;
        let end = LABELS + bar.length(longest, room);
        let color = if bar.is_peer { RGBColor(176, 112, 48) } else { RGBColor(40, 104, 160) };
        area.draw(&Rectangle::new([(LABELS, top), (end, top + ROW - 6)], color.filled()))?;
        area.draw_text(&bar.label, &small, (8, top + 2))?;
        area.draw_text(&value(bar.value), &small, (end + 6, top + 2))?;
    }
    area.present()?;
    Ok(())
}

fn value(value: f64) -> String {
    if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_value() {
        let lengths = [0.0, 5.0, 10.0].map(|value| Bar::ours("x", value).length(10.0, 400));
        assert_eq!(lengths, [1, 200, 400]);
        assert_eq!((value(1.234), value(12.6)), ("1.23".to_owned(), "13".to_owned()));
    }
}
