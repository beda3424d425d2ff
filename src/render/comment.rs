//! A comment on a forge, for the gate and the preflight: the verdict in a bold sentence, what is behind it, the rest folded,
//! between marks by which a CI finds its own comment again. What is put in is already encoded.

/// Lines of a comment.
pub const LINES: usize = 15;
/// Lines that are not the table's: the mark, the verdict, what folds, and the space between them.
const AROUND: usize = 9;
/// The header of a table, with its rule.
const HEADER: usize = 2;

/// What a comment says.
pub(super) struct Comment {
    /// What it is of: `gate`. The mark is made of it.
    pub of: &'static str,
    /// The verdict in a few words.
    pub verdict: String,
    /// Sentences that go on from there.
    pub says: Vec<String>,
    /// The columns of what is behind it.
    pub header: &'static [&'static str],
    /// What is behind it. What has no room is counted.
    pub rows: Vec<Vec<String>>,
    /// What the folded part is about.
    pub title: &'static str,
    /// What is folded, a line each.
    pub folded: Vec<String>,
}

impl Comment {
    /// The comment, at most [`LINES`] lines.
    pub fn finish(self) -> String {
        let Self { of, verdict, says, header, rows, title, folded } = self;
        let mut text = format!("<!-- relconf:{of} -->\n**{verdict}** {}\n", says.join(" "));
        let (room, more) = room(rows.len());
        if !rows.is_empty() {
            text.push_str(&format!("\n| {} |\n|{}\n", header.join(" | "), "---|".repeat(header.len())));
        }
        for row in rows.iter().take(room) {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        if more > 0 {
            text.push_str(&format!("| and {more} more |{}\n", " |".repeat(header.len() - 1)));
        }
        if !folded.is_empty() {
            let summary = format!("<details><summary>{title}</summary>");
            text.push_str(&format!("\n{summary}\n\n{}\n\n</details>\n", folded.join("<br>")));
        }
        text
    }
}

/// How many of so many rows are shown, and how many are counted instead, in a row of their own.
fn room(rows: usize) -> (usize, usize) {
    let room = LINES - AROUND - HEADER;
    if rows <= room { (rows, 0) } else { (room - 1, rows - room + 1) }
}

#[cfg(test)]
mod tests {
    use super::{Comment, LINES};

    fn comment(rows: usize) -> String {
        let row = |at: usize| vec![format!("r{at}"), "x".to_owned()];
        Comment {
            of: "gate",
            verdict: "Release gate: regressed.".to_owned(),
            says: vec!["One.".to_owned(), "Two.".to_owned()],
            header: &["metric", "now"],
            rows: (0..rows).map(row).collect(),
            title: "The rest",
            folded: vec!["a".to_owned(), "b".to_owned()],
        }
        .finish()
    }

    #[test]
    fn a_comment_begins_with_its_mark_and_has_few_lines() {
        assert_eq!(
            comment(1),
            "<!-- relconf:gate -->\n**Release gate: regressed.** One. Two.\n\n| metric | now |\n|---|---|\n| r0 | x |\n\n\
             <details><summary>The rest</summary>\n\na<br>b\n\n</details>\n"
        );
        for rows in [0, 1, 4, 5, 100] {
            let text = comment(rows);
            assert!(text.lines().count() <= LINES, "{rows}: {text}");
        }
        assert!(comment(4).contains("| r3 | x |") && !comment(4).contains("more"));
        let many = comment(6);
        assert!(many.contains("| r2 | x |\n| and 3 more | |\n") && !many.contains("r3"), "{many}");
    }
}
