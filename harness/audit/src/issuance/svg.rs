//! Charts as SVG: lines or stacked areas over time.
//!
//! Coordinates are integers in tenths of a pixel, so that a chart is the same on every machine.
//! The colours are those of Okabe and Ito, which colour-blind people can distinguish; lines also
//! differ in their dashes.

use super::calendar;
use crate::amount::{fixed, rounded};
use std::fmt::Write;

/// A line, or the upper edge of an area.
#[derive(Clone, Debug)]
pub struct Series {
    /// The name in the legend.
    pub name: String,
    /// The colour in the syntax of SVG.
    pub colour: &'static str,
    /// Times and values, in the order of time.
    pub points: Vec<(u64, u128)>,
}

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The title.
    pub title: String,
    /// The line below the title, which states the assumptions.
    pub subtitle: String,
    /// The name of the unit of values.
    pub unit: &'static str,
    /// The value of one unit.
    pub one: u128,
    /// Whether to draw stacked areas, the first at the bottom, instead of lines. Then all series
    /// have points at the same times.
    pub stacked: bool,
    /// The lines or areas.
    pub series: Vec<Series>,
    /// The timestamp of the newest known header.
    pub measured: u64,
}

/// Tenths of a pixel.
const WIDTH: u64 = 8_000;
const HEIGHT: u64 = 4_700;
const LEFT: u64 = 620;
const RIGHT: u64 = 5_900;
const TOP: u64 = 850;
const BOTTOM: u64 = 4_250;

/// The colours.
pub const BLUE: &str = "#0072B2";
/// Of the palette.
pub const ORANGE: &str = "#E69F00";
/// Of the palette.
pub const GREEN: &str = "#009E73";
/// Of the palette.
pub const PINK: &str = "#CC79A7";
/// Of the palette.
pub const SKY: &str = "#56B4E9";
/// Of the palette.
pub const YELLOW: &str = "#F0E442";
/// Not of the palette, for CKB that nobody can spend.
pub const GREY: &str = "#A6A6A6";
/// Not of the palette, for sums.
pub const BLACK: &str = "#1A1A1A";

/// The dashes of lines, in pixels.
const DASHES: [&str; 4] = ["", "9 4", "2 4", "12 4 2 4"];

const HEAD: &str = r##"<style>text{font-family:system-ui,"Segoe UI","DejaVu Sans",Arial,sans-serif;font-size:13px;fill:#1a1a1a}.t{font-size:17px;font-weight:600}.s{fill:#555;font-size:12px}.g{stroke:#ddd;stroke-width:1}.a{stroke:#555;stroke-width:1}.h{stroke:#fff;stroke-width:3;stroke-opacity:.7}.m{stroke:#1a1a1a;stroke-width:1.2;stroke-dasharray:4 3}</style>
<rect width="100%" height="100%" fill="#fff"/>
"##;

impl Chart {
    /// Renders the SVG document.
    pub fn render(&self) -> String {
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" \
             height=\"{}\" role=\"img\" aria-label=\"{}\">\n{HEAD}",
            WIDTH / 10,
            HEIGHT / 10,
            WIDTH / 10,
            HEIGHT / 10,
            escaped(&self.title)
        );
        out += &text(200, 280, "t", "start", &self.title);
        out += &text(200, 480, "s", "start", &self.subtitle);
        out += &text(200, 720, "s", "start", self.unit);
        let scale = self.scale();
        if self.stacked {
            self.areas(&scale, &mut out);
        }
        scale.grid(self.one, &mut out);
        if !self.stacked {
            self.lines(&scale, &mut out);
        }
        self.mark_measured(&scale, &mut out);
        self.legend(&mut out);
        out + "</svg>\n"
    }

    fn scale(&self) -> Scale {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let times = || points().map(|point| point.0);
        let (from, to) = (times().min().unwrap_or(0), times().max().unwrap_or(1));
        let highest = if self.stacked {
            self.sums().last().and_then(|sums| sums.iter().copied().max())
        } else {
            points().map(|point| point.1).max()
        };
        let step = step(highest.unwrap_or(1).max(1));
        let top = highest.unwrap_or(1).max(1).div_ceil(step) * step;
        Scale { from, to: to.max(from + 1), top, step }
    }

    /// The upper edges of the areas, from the bottom up.
    fn sums(&self) -> Vec<Vec<u128>> {
        let mut below: Vec<u128> = vec![];
        let mut found = vec![];
        for series in &self.series {
            below.resize(series.points.len(), 0);
            for (sum, point) in below.iter_mut().zip(&series.points) {
                *sum += point.1;
            }
            found.push(below.clone());
        }
        found
    }

    fn areas(&self, scale: &Scale, out: &mut String) {
        let mut below: Option<Vec<u128>> = None;
        for (series, edge) in self.series.iter().zip(self.sums()) {
            let colour = series.colour;
            let base = below.unwrap_or_else(|| vec![0; edge.len()]);
            let times: Vec<u64> = series.points.iter().map(|point| point.0).collect();
            let forth = times.iter().zip(&edge).map(|(time, y)| scale.point(*time, *y));
            let back = times.iter().zip(&base).rev().map(|(time, y)| scale.point(*time, *y));
            let points: Vec<String> = forth.chain(back).collect();
            let _ = writeln!(
                out,
                "<polygon points=\"{}\" fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"0.6\"/>",
                points.join(" ")
            );
            below = Some(edge);
        }
    }

    fn lines(&self, scale: &Scale, out: &mut String) {
        for (series, dash) in self.series.iter().zip(DASHES) {
            let colour = series.colour;
            let points: Vec<String> =
                series.points.iter().map(|point| scale.point(point.0, point.1)).collect();
            let _ = writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.4\" \
                 stroke-dasharray=\"{dash}\"/>",
                points.join(" ")
            );
        }
    }

    /// Draws a mark at the newest known header; after it the figures follow from the schedule
    /// alone.
    fn mark_measured(&self, scale: &Scale, out: &mut String) {
        if self.measured <= scale.from || self.measured >= scale.to {
            return;
        }
        let x = scale.x(self.measured);
        line(out, "h", (x, TOP - 60), (x, BOTTOM));
        line(out, "m", (x, TOP - 60), (x, BOTTOM));
        let label = format!("last header {}", calendar::day(self.measured));
        let (x, anchor) =
            if x < LEFT.midpoint(RIGHT) { (x + 50, "start") } else { (x - 50, "end") };
        *out += &text(x, TOP - 70, "s", anchor, &label);
    }

    /// Draws the legend on the right; areas are listed from the top down, as they are stacked.
    fn legend(&self, out: &mut String) {
        let mut entries: Vec<_> = self.series.iter().zip(DASHES.into_iter().cycle()).collect();
        if self.stacked {
            entries.reverse();
        }
        let mut y = TOP + 100;
        for (series, dash) in entries {
            let colour = series.colour;
            if self.stacked {
                let _ = writeln!(
                    out,
                    "<rect x=\"{}\" y=\"{}\" width=\"13\" height=\"13\" fill=\"{colour}\"/>",
                    pixels(RIGHT + 180),
                    pixels(y - 110)
                );
            } else {
                let _ = writeln!(
                    out,
                    "<line x1=\"{}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" \
                     stroke-width=\"2.4\" stroke-dasharray=\"{dash}\"/>",
                    pixels(RIGHT + 180),
                    pixels(RIGHT + 420),
                    y = pixels(y - 45)
                );
            }
            let indent = if self.stacked { 390 } else { 500 };
            *out += &text(RIGHT + indent, y, "", "start", &series.name);
            y += 240;
        }
    }
}

/// Converts times and values to coordinates.
struct Scale {
    from: u64,
    to: u64,
    top: u128,
    step: u128,
}

impl Scale {
    fn x(&self, time: u64) -> u64 {
        LEFT + scaled(
            time.saturating_sub(self.from).into(),
            (self.to - self.from).into(),
            RIGHT - LEFT,
        )
    }

    fn y(&self, value: u128) -> u64 {
        BOTTOM - scaled(value, self.top, BOTTOM - TOP)
    }

    fn point(&self, time: u64, value: u128) -> String {
        format!("{},{}", pixels(self.x(time)), pixels(self.y(value)))
    }

    /// Draws the lines and labels of both axes.
    fn grid(&self, one: u128, out: &mut String) {
        let mut value = 0;
        while value <= self.top {
            let y = self.y(value);
            line(out, if value == 0 { "a" } else { "g" }, (LEFT, y), (RIGHT, y));
            *out += &text(LEFT - 80, y + 45, "", "end", &label(value, one));
            value += self.step;
        }
        let years = calendar::year(self.from) + 1..=calendar::year(self.to);
        let count = years.end().saturating_sub(*years.start());
        let step = [1, 2, 5, 10, 20].into_iter().find(|step| count / step <= 9).unwrap_or(50);
        for year in years.filter(|year| year.is_multiple_of(step)) {
            let Some(time) = calendar::start_of(&year.to_string()).filter(|time| *time <= self.to)
            else {
                continue;
            };
            let x = self.x(time);
            line(out, "a", (x, BOTTOM), (x, BOTTOM + 60));
            *out += &text(x, BOTTOM + 230, "", "middle", &year.to_string());
        }
    }
}

/// `length · value / whole`.
fn scaled(value: u128, whole: u128, length: u64) -> u64 {
    let place = value.saturating_mul(length.into()) / whole.max(1);
    u64::try_from(place).unwrap_or(length).min(length)
}

/// The distance between grid lines: 1, 2 or 5 times a power of ten, so that there are at most six.
fn step(highest: u128) -> u128 {
    let mut power = 1_u128;
    loop {
        for digit in [1, 2, 5] {
            if highest.div_ceil(digit * power) <= 6 {
                return digit * power;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A value in units, with as many decimals as it needs.
fn label(value: u128, one: u128) -> String {
    let text = fixed(rounded(value, one, 3), 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Tenths of a pixel as pixels.
fn pixels(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn line(out: &mut String, class: &str, from: (u64, u64), to: (u64, u64)) {
    let _ = writeln!(
        out,
        "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
        pixels(from.0),
        pixels(from.1),
        pixels(to.0),
        pixels(to.1)
    );
}

fn text(x: u64, y: u64, class: &str, anchor: &str, text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\n",
        pixels(x),
        pixels(y),
        escaped(text)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps() {
        assert_eq!(step(16), 5);
        assert_eq!(step(600), 100);
        assert_eq!(step(1), 1);
        assert_eq!(label(25_000, 10_000), "2.5");
    }
}
