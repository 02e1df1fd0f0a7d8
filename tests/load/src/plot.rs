//! Plots of a run, as SVG.

use crate::memory::Look;
use crate::record::{Sample, quantile, times};
use crate::report::Report;
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::Path;

/// Values by second.
type Points = Vec<(f64, f64)>;
/// A line: its name, and its points.
type Line = (String, Points);

/// The names of the lines stand right of them.
const ROOM: f64 = 1.25;

/// Draws the plots of a run.
pub fn draw(report: &Report, folder: &Path, name: &str) -> Result<()> {
    let plots = [
        ("rate", "Requests a second", rates(report)),
        ("times", "Time of a request, ms", latencies(report)),
        ("memory", "Memory of a process, MB", memory(report)),
    ];
    all(folder, name, plots)
}

/// Draws two runs into the same plots.
pub fn draw_beside(sides: [(&str, &Report); 2], folder: &Path, name: &str) -> Result<()> {
    let lines = |measure: fn(&Report) -> Points| {
        sides.map(|(side, report)| (side.to_owned(), measure(report))).to_vec()
    };
    let mut both = Vec::new();
    for (side, report) in sides {
        for (share, points) in latencies(report) {
            both.push((format!("{side}, {share}"), points));
        }
    }
    let plots = [
        ("rate", "Responses a second", lines(|report| by_second(report, |s| count(s, is_good)))),
        ("times", "Time of a request, ms", both),
        (
            "cpu",
            "CPU time of all processes until then, s",
            lines(|report| looks(report, |look| look.cpu.as_secs_f64())),
        ),
        (
            "memory",
            "Memory of all processes, MB",
            lines(|report| looks(report, |look| megabytes(look.resident))),
        ),
    ];
    all(folder, name, plots)
}

fn all<const N: usize>(
    folder: &Path,
    name: &str,
    plots: [(&str, &str, Vec<Line>); N],
) -> Result<()> {
    for (plot, title, lines) in plots {
        let path = folder.join(format!("{name}-{plot}.svg"));
        chart(&path, title, &lines).map_err(|error| anyhow!("cannot draw {plot}: {error}"))?;
        println!("drew {}", path.display());
    }
    Ok(())
}

fn chart(path: &Path, title: &str, lines: &[Line]) -> Result<(), Box<dyn std::error::Error>> {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let right = points().map(|(x, _)| *x).fold(1.0, f64::max);
    let top = points().map(|(_, y)| *y).fold(1.0, f64::max) * 1.1;
    let area = SVGBackend::new(path, (760, 300)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 16))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..right * ROOM, 0.0..top)?;
    chart
        .configure_mesh()
        .x_desc("seconds")
        .x_label_formatter(&|second| format!("{second:.0}"))
        .y_label_formatter(&|value| format!("{value:.0}"))
        .light_line_style(WHITE)
        .label_style(("sans-serif", 12))
        .draw()?;
    for (at, (name, points)) in lines.iter().enumerate() {
        let color = Palette99::pick(at).to_rgba();
        chart
            .draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 12))
        .draw()?;
    area.present()?;
    Ok(())
}

/// A figure of each second's samples.
fn by_second(report: &Report, figure: impl Fn(&[Sample]) -> f64) -> Points {
    let mut seconds: Vec<Vec<Sample>> = Vec::new();
    seconds.resize(usize::try_from(report.took.as_secs()).unwrap_or_default(), Vec::new());
    for sample in &report.samples {
        let second = usize::try_from(sample.at.as_secs()).unwrap_or(usize::MAX);
        if let Some(samples) = seconds.get_mut(second) {
            samples.push(*sample);
        }
    }
    (0_u32..).map(f64::from).zip(seconds.iter().map(|samples| figure(samples))).collect()
}

/// A figure of each look.
fn looks(report: &Report, figure: impl Fn(&Look) -> f64) -> Points {
    report.processes.looks.iter().map(|look| (look.at.as_secs_f64(), figure(look))).collect()
}

fn count(samples: &[Sample], wanted: impl Fn(&Sample) -> bool) -> f64 {
    let count = samples.iter().filter(|one| wanted(one)).count();
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn is_good(sample: &Sample) -> bool {
    sample.status != 0 && sample.status < 500
}

fn rates(report: &Report) -> Vec<Line> {
    let good = by_second(report, |samples| count(samples, is_good));
    let bad = by_second(report, |samples| count(samples, |one| !is_good(one)));
    vec![("responses".to_owned(), good), ("to be sent again".to_owned(), bad)]
}

fn latencies(report: &Report) -> Vec<Line> {
    let line = |per_mille: usize| {
        let time = |samples: &[Sample]| quantile(&times(samples), per_mille).as_secs_f64();
        by_second(report, |samples| time(samples) * 1_000.0)
    };
    vec![("half".to_owned(), line(500)), ("95 %".to_owned(), line(950))]
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

/// The largest process of the functions that matter most for each kind of work.
fn memory(report: &Report) -> Vec<Line> {
    let shown = ["signin", "chat", "append-message", "list-messages", "get-session", "sweep"];
    let line = |name: &str| {
        let looks = report.processes.looks.iter();
        let seen = looks.filter_map(|look| Some((look.at.as_secs_f64(), look.largest.get(name)?)));
        seen.map(|(at, bytes)| (at, megabytes(*bytes))).collect()
    };
    shown.into_iter().map(|name| (name.to_owned(), line(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_second_without_requests_is_zero() {
        let sample = |milliseconds, status| Sample {
            at: Duration::from_millis(milliseconds),
            function: "get-session",
            time: Duration::from_millis(7),
            status,
        };
        let report = Report {
            took: Duration::from_millis(3_400),
            samples: vec![
                sample(10, 200),
                sample(990, 500),
                sample(2_000, 404),
                sample(3_100, 200),
            ],
            ..Report::default()
        };
        let [(_, good), (_, bad)] = rates(&report).try_into().unwrap();
        assert_eq!(good, [(0.0, 1.0), (1.0, 0.0), (2.0, 1.0)]);
        assert_eq!(bad, [(0.0, 1.0), (1.0, 0.0), (2.0, 0.0)]);
    }
}
