//! The README's picture is what the program prints. To renew it after a change that is meant:
//! `RELCONF_UPDATE=1 cargo test --test it picture`, and look at it.

use std::fmt::Write;
use std::path::Path;

use crate::support::Place;
use unicode_width::UnicodeWidthStr;

/// The lines that a reader sees without scrolling.
const LINES: usize = 34;
/// A cell of the terminal, and the space around all of them.
const CELL: (f64, f64) = (8.4, 19.0);
const MARGIN: f64 = 18.0;

/// Spaces would be joined.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(' ', "\u{a0}")
}

/// The look of what follows an escape sequence: bold, dim, or one of the terminal's colours.
fn look(codes: &str) -> String {
    let mut look = String::new();
    for code in codes.split(';') {
        let (name, value) = match code {
            "1" => ("font-weight", "bold"),
            "2" => ("opacity", ".65"),
            "31" | "91" => ("fill", "#ff7b72"),
            "32" | "92" => ("fill", "#7ee787"),
            "33" | "93" => ("fill", "#e3b341"),
            "34" | "94" | "36" | "96" => ("fill", "#79c0ff"),
            "35" | "95" => ("fill", "#d2a8ff"),
            _ => continue,
        };
        write!(look, " {name}=\"{value}\"").expect("text");
    }
    look
}

fn svg(screen: &str) -> String {
    let lines: Vec<_> = screen.lines().take(LINES).collect();
    let (mut body, mut widest, mut current) = (String::new(), 0, String::new());
    for (row, line) in lines.iter().enumerate() {
        let y = MARGIN + CELL.1 * (row as f64 + 0.75);
        let mut column = 0;
        for (at, part) in line.split("\u{1b}[").enumerate() {
            let (codes, text) = if at == 0 { ("", part) } else { part.split_once('m').expect("only colours") };
            if at > 0 {
                current = look(codes);
            }
            let wide = text.width();
            if !text.trim().is_empty() {
                let (x, length) = (MARGIN + CELL.0 * column as f64, CELL.0 * wide as f64);
                let text = escaped(text);
                // The length holds the columns together whatever the font.
                writeln!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\"{current}>{text}</text>")
                    .expect("text");
            }
            column += wide;
        }
        widest = widest.max(column);
    }
    let (width, height) = (2.0 * MARGIN + CELL.0 * widest as f64, 2.0 * MARGIN + CELL.1 * lines.len() as f64);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         role=\"img\" fill=\"#e6edf3\" font-size=\"14\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\">\n\
         <title>The first screen of relconf demo</title>\n<rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#0d1117\"/>\n{body}</svg>\n"
    )
}

#[test]
fn the_picture_of_the_first_screen_is_the_first_screen() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/first-screen.svg");
    let ran = Place::empty().relconf(&["demo", "--color", "always"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let drawn = svg(&ran.stdout);
    if std::env::var_os("RELCONF_UPDATE").is_some() {
        std::fs::write(&file, &drawn).expect("written");
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == drawn, "the picture is another: RELCONF_UPDATE=1 cargo test --test it picture, and look at it");
}
