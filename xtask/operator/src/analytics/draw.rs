//! The means with their intervals, in SVG.

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

use super::background;
use super::findings::place;
use super::merge::Table;
use super::ratings::{HIGHEST, Ratings};
use super::read::Days;
use super::row::MIN_USERS;

/// Sizes, in pixels. Content types have up to 50 characters.
const WIDTH: i32 = 760;
const LINE: i32 = 22;
const LABELS: i32 = 240;
const VALUES: i32 = 150;
const TOP: i32 = 62;
const BOTTOM: i32 = 12;

/// The page is white, so that it can be read on a dark one, too.
const BLUE: RGBColor = RGBColor(40, 104, 160);
const GREY: RGBColor = RGBColor(96, 96, 96);
const PALE: RGBColor = RGBColor(216, 216, 216);

/// A line of the picture.
#[derive(Debug)]
enum Line {
    /// A content type and notes.
    Heading(String),
    /// A background and its ratings, if they may be told.
    Row(String, Option<Ratings>),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// The picture.
pub fn picture(table: &Table, days: &Days) -> Result<String> {
    let mut svg = String::new();
    let title = format!("Mean rating with its 95 % interval, {}", days.span());
    draw(&mut svg, &title, &lines(table)).map_err(|error| anyhow!("cannot draw: {error}"))?;
    Ok(svg)
}

fn lines(table: &Table) -> Vec<Line> {
    let (mut lines, mut last) = (Vec::new(), None);
    for (kind, totals) in table.lines() {
        let heading = kind.map_or_else(|| "any content type and notes".to_owned(), place);
        if last.as_ref() != Some(&heading) {
            lines.push(Line::Heading(heading.clone()));
            last = Some(heading);
        }
        let label = kind.map_or_else(|| "others".to_owned(), |k| background::name(k.background));
        lines.push(Line::Row(label, totals.ratings().copied()));
    }
    lines
}

fn draw(svg: &mut String, title: &str, lines: &[Line]) -> Result<(), Box<dyn Error>> {
    let bottom = TOP + LINE * i32::try_from(lines.len())?;
    let size = (u32::try_from(WIDTH)?, u32::try_from(bottom + BOTTOM)?);
    let area = SVGBackend::with_string(svg, size).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw_text(title, &("sans-serif", 16).into_text_style(&area), (8, 10))?;
    scale(&area, bottom)?;
    let text = ("sans-serif", 13).into_text_style(&area);
    let bold = ("sans-serif", 13, FontStyle::Bold).into_text_style(&area);
    for (line, at) in lines.iter().zip(0..) {
        let top = TOP + LINE * at;
        match line {
            Line::Heading(heading) => area.draw_text(heading, &bold, (8, top + 5))?,
            Line::Row(label, ratings) => {
                area.draw_text(label, &text, (20, top + 5))?;
                area.draw_text(&value(ratings.as_ref()), &text, (WIDTH - VALUES + 16, top + 5))?;
                if let Some(ratings) = ratings {
                    point(&area, ratings, top + LINE / 2)?;
                }
            }
        }
    }
    area.present()?;
    Ok(())
}

/// The numbers from 0 to 5, each with a line down.
fn scale(area: &Area<'_>, bottom: i32) -> Result<(), Box<dyn Error>> {
    let centered = Pos::new(HPos::Center, VPos::Top);
    let text = ("sans-serif", 13).into_text_style(area).color(&GREY).pos(centered);
    for number in 0..=5 {
        let x = place_of(f64::from(number));
        area.draw(&PathElement::new([(x, TOP - 4), (x, bottom)], PALE))?;
        area.draw_text(&number.to_string(), &text, (x, TOP - 22))?;
    }
    Ok(())
}

/// The mean as a dot on the line of its interval.
fn point(area: &Area<'_>, ratings: &Ratings, y: i32) -> Result<(), Box<dyn Error>> {
    if let Some((low, high)) = ratings.interval() {
        let (low, high) = (place_of(low), place_of(high));
        area.draw(&PathElement::new([(low, y), (high, y)], BLUE.stroke_width(2)))?;
        for end in [low, high] {
            area.draw(&PathElement::new([(end, y - 4), (end, y + 4)], BLUE.stroke_width(2)))?;
        }
    }
    if let Some(mean) = ratings.mean() {
        area.draw(&Circle::new((place_of(mean), y), 4, BLUE.filled()))?;
    }
    Ok(())
}

/// Where a rating is, in pixels from the left.
#[expect(clippy::cast_possible_truncation, reason = "within the width of the picture")]
fn place_of(rating: f64) -> i32 {
    let room = f64::from(WIDTH - LABELS - VALUES);
    LABELS + (rating / HIGHEST * room).clamp(0.0, room).round() as i32
}

fn value(ratings: Option<&Ratings>) -> String {
    match ratings.and_then(|ratings| Some((ratings.mean()?, ratings.count))) {
        Some((mean, count)) => format!("{mean:.2} ({count} ratings)"),
        None => format!("ratings of fewer than {MIN_USERS} users"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_has_its_place_also_if_it_is_none() {
        let places = [0.0, 2.5, 5.0, 9.0].map(place_of);
        assert_eq!(places, [LABELS, (LABELS + WIDTH - VALUES) / 2, WIDTH - VALUES, WIDTH - VALUES]);
    }
}
