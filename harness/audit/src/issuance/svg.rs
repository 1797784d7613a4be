//! Charts as SVG: lines or stacked areas over time.
//!
//! Coordinates are integers in tenths of a pixel, so that a chart is the same on every machine.
//! The colours are those of Okabe and Ito, which colour-blind people can distinguish; lines also
//! differ in their dashes.

use super::calendar;
use crate::amount::{fixed, rounded, trimmed};

/// A time and a value.
pub type Point = (u64, u128);

/// A line, or an area.
#[derive(Clone, Debug)]
pub struct Series {
    /// The name in the legend.
    pub name: String,
    /// The colour in the syntax of SVG.
    pub colour: &'static str,
    /// In the order of time.
    pub points: Vec<Point>,
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

/// The palette; grey is for what is out of reach, and black for sums.
pub(super) const BLUE: &str = "#0072B2";
pub(super) const ORANGE: &str = "#E69F00";
pub(super) const GREEN: &str = "#009E73";
pub(super) const PINK: &str = "#CC79A7";
pub(super) const SKY: &str = "#56B4E9";
pub(super) const YELLOW: &str = "#F0E442";
pub(super) const GREY: &str = "#A6A6A6";
pub(super) const BLACK: &str = "#1A1A1A";

/// The dashes of lines, in pixels.
const DASHES: [&str; 4] = ["", "9 4", "2 4", "12 4 2 4"];

const HEAD: &str = r##"<style>text{font-family:system-ui,"Segoe UI","DejaVu Sans",Arial,sans-serif;font-size:13px;fill:#1a1a1a}.t{font-size:17px;font-weight:600}.s{fill:#555;font-size:12px}.g{stroke:#ddd;stroke-width:1}.a{stroke:#555;stroke-width:1}.h{stroke:#fff;stroke-width:3;stroke-opacity:.7}.m{stroke:#1a1a1a;stroke-width:1.2;stroke-dasharray:4 3}</style>
<rect width="100%" height="100%" fill="#fff"/>
"##;

impl Chart {
    /// Renders the SVG document.
    pub fn render(&self) -> String {
        let (width, height, title) = (WIDTH / 10, HEIGHT / 10, escaped(&self.title));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n{HEAD}"
        );
        text(&mut out, (200, 280), "t", "start", &self.title);
        text(&mut out, (200, 480), "s", "start", &self.subtitle);
        text(&mut out, (200, 720), "s", "start", self.unit);
        let edges = self.edges();
        let scale = Scale::of(&edges.concat());
        if self.stacked {
            self.areas(&edges, &scale, &mut out);
        }
        scale.grid(self.one, &mut out);
        if !self.stacked {
            self.lines(&edges, &scale, &mut out);
        }
        self.mark_measured(&scale, &mut out);
        self.legend(&mut out);
        out + "</svg>\n"
    }

    /// The points of each line, or of the upper edge of each area.
    fn edges(&self) -> Vec<Vec<Point>> {
        let mut edges: Vec<Vec<Point>> = vec![];
        for series in &self.series {
            let mut edge = series.points.clone();
            if let Some(below) = edges.last().filter(|_| self.stacked) {
                for (point, (_, sum)) in edge.iter_mut().zip(below) {
                    point.1 += sum;
                }
            }
            edges.push(edge);
        }
        edges
    }

    fn areas(&self, edges: &[Vec<Point>], scale: &Scale, out: &mut String) {
        let ground = edges.iter().take(1).flatten().map(|(time, _)| (*time, 0)).collect();
        let below = std::iter::once(&ground).chain(edges);
        for ((series, edge), below) in self.series.iter().zip(edges).zip(below) {
            let points = scale.points(edge.iter().chain(below.iter().rev()));
            let colour = series.colour;
            *out += &format!(
                "<polygon points=\"{points}\" fill=\"{colour}\" stroke=\"#fff\" \
                 stroke-width=\"0.6\"/>\n"
            );
        }
    }

    fn lines(&self, edges: &[Vec<Point>], scale: &Scale, out: &mut String) {
        for ((series, dash), edge) in self.series.iter().zip(DASHES).zip(edges) {
            let (points, colour) = (scale.points(edge), series.colour);
            *out += &format!(
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" \
                 stroke-width=\"2.4\" stroke-dasharray=\"{dash}\"/>\n"
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
        text(out, (x, TOP - 70), "s", anchor, &label);
    }

    /// Draws the legend on the right; areas are listed from the top down, as they are stacked.
    fn legend(&self, out: &mut String) {
        let mut entries: Vec<_> = self.series.iter().zip(DASHES.into_iter().cycle()).collect();
        if self.stacked {
            entries.reverse();
        }
        let mut y = TOP + 100;
        for (series, dash) in entries {
            let (colour, left) = (series.colour, pixels(RIGHT + 180));
            let (mark, indent) = if self.stacked {
                let y = pixels(y - 110);
                let size = "width=\"13\" height=\"13\"";
                (format!("<rect x=\"{left}\" y=\"{y}\" {size} fill=\"{colour}\"/>\n"), 390)
            } else {
                let (right, y) = (pixels(RIGHT + 420), pixels(y - 45));
                let mark = format!(
                    "<line x1=\"{left}\" x2=\"{right}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" \
                     stroke-width=\"2.4\" stroke-dasharray=\"{dash}\"/>\n"
                );
                (mark, 500)
            };
            *out += &mark;
            text(out, (RIGHT + indent, y), "", "start", &series.name);
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
    /// The scale that shows all points.
    fn of(points: &[Point]) -> Self {
        let times = points.iter().map(|point| point.0);
        let (from, to) = (times.clone().min().unwrap_or(0), times.max().unwrap_or(1));
        let highest = points.iter().map(|point| point.1).max().unwrap_or(1).max(1);
        let step = step(highest);
        Self { from, to: to.max(from + 1), top: highest.div_ceil(step) * step, step }
    }

    fn x(&self, time: u64) -> u64 {
        let (done, span) = (time.saturating_sub(self.from), self.to - self.from);
        LEFT + scaled(done.into(), span.into(), RIGHT - LEFT)
    }

    fn y(&self, value: u128) -> u64 {
        BOTTOM - scaled(value, self.top, BOTTOM - TOP)
    }

    fn points<'a>(&self, points: impl IntoIterator<Item = &'a Point>) -> String {
        let place =
            |(time, value): &Point| format!("{},{}", pixels(self.x(*time)), pixels(self.y(*value)));
        points.into_iter().map(place).collect::<Vec<_>>().join(" ")
    }

    /// Draws the lines and labels of both axes.
    fn grid(&self, one: u128, out: &mut String) {
        let mut value = 0;
        while value <= self.top {
            let y = self.y(value);
            line(out, if value == 0 { "a" } else { "g" }, (LEFT, y), (RIGHT, y));
            text(out, (LEFT - 80, y + 45), "", "end", &label(value, one));
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
            text(out, (x, BOTTOM + 230), "", "middle", &year.to_string());
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
    trimmed(&fixed(rounded(value, one, 3), 3)).to_owned()
}

/// Tenths of a pixel as pixels.
fn pixels(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn line(out: &mut String, class: &str, from: (u64, u64), to: (u64, u64)) {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(pixels);
    *out += &format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>\n");
}

fn text(out: &mut String, (x, y): (u64, u64), class: &str, anchor: &str, text: &str) {
    let (x, y, text) = (pixels(x), pixels(y), escaped(text));
    *out += &format!(
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>\n"
    );
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
