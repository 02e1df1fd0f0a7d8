//! Plots of a run, as SVG.

use crate::record::{Sample, quantile, times};
use crate::report::Report;
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::{Path, PathBuf};

/// A line: its name, and its points by second.
type Line = (String, Vec<(f64, f64)>);

/// The names of the lines stand right of them.
const ROOM: f64 = 1.25;

/// Draws the plots of a run and returns their paths.
pub fn draw(report: &Report, folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let plots = [
        ("rate", "Requests a second", rates(report)),
        ("times", "Time of a request, ms", latencies(report)),
        ("memory", "Memory of a process, MB", memory(report)),
    ];
    let mut paths = Vec::new();
    for (plot, title, lines) in plots {
        let path = folder.join(format!("{name}-{plot}.svg"));
        chart(&path, title, &lines).map_err(|error| anyhow!("cannot draw {plot}: {error}"))?;
        paths.push(path);
    }
    Ok(paths)
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

/// The samples of each second of the run.
fn by_second(report: &Report) -> Vec<(f64, Vec<Sample>)> {
    let seconds = report.took.as_secs();
    let mut found: Vec<(f64, Vec<Sample>)> = Vec::new();
    for second in 0..seconds {
        let samples = report.samples.iter().filter(|one| one.at.as_secs() == second);
        let x = f64::from(u32::try_from(second).unwrap_or(u32::MAX));
        found.push((x, samples.copied().collect()));
    }
    found
}

fn count(samples: &[Sample], wanted: impl Fn(&Sample) -> bool) -> f64 {
    let count = samples.iter().filter(|one| wanted(one)).count();
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn rates(report: &Report) -> Vec<Line> {
    let seconds = by_second(report);
    let line = |wanted: fn(&Sample) -> bool| {
        seconds.iter().map(|(second, samples)| (*second, count(samples, wanted))).collect()
    };
    let is_good = |one: &Sample| one.status != 0 && one.status < 500;
    let is_bad = |one: &Sample| one.status == 0 || one.status >= 500;
    vec![("responses".to_owned(), line(is_good)), ("to be sent again".to_owned(), line(is_bad))]
}

fn latencies(report: &Report) -> Vec<Line> {
    let seconds = by_second(report);
    let line = |per_mille: usize| {
        let time = |samples: &[Sample]| quantile(&times(samples), per_mille).as_secs_f64();
        seconds.iter().map(|(second, samples)| (*second, time(samples) * 1_000.0)).collect()
    };
    vec![("half".to_owned(), line(500)), ("95 %".to_owned(), line(950))]
}

/// The largest process of the functions that matter most for each kind of work.
fn memory(report: &Report) -> Vec<Line> {
    let shown = ["signin", "chat", "append-message", "list-messages", "get-session", "sweep"];
    let megabytes =
        |bytes: u64| f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0;
    let line = |name: &str| {
        let looks = report.processes.looks.iter();
        let points = looks.filter_map(|(at, look)| Some((at.as_secs_f64(), *look.get(name)?)));
        points.map(|(at, bytes)| (at, megabytes(bytes))).collect()
    };
    shown.into_iter().map(|name| (name.to_owned(), line(name))).collect()
}
