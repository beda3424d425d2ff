//! Markdown, as a forge reads it.

/// What of a Markdown document would be live on a forge, by a parser with the extensions of GitHub and GitLab, and by what
/// forges look for in the text that is left: all of it here comes from outside.
pub fn live(markdown: &str) -> Vec<String> {
    use comrak::nodes::NodeValue;
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    extension.autolink = true;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_after_pipe = true;
    extension.superscript = false;
    let arena = comrak::Arena::new();
    let mut live = Vec::new();
    for node in comrak::parse_document(&arena, markdown, &options).descendants() {
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => live.push(format!("link to {}", link.url)),
            NodeValue::WikiLink(link) => live.push(format!("wiki {}", link.url)),
            NodeValue::Math(math) => live.push(format!("math {}", math.literal)),
            NodeValue::FootnoteReference(note) => live.push(format!("footnote {}", note.name)),
            NodeValue::HtmlInline(html) => live.push(format!("HTML {html}")),
            NodeValue::Text(text) => live.extend(references(text)),
            _ => {}
        }
    }
    live
}

/// What forges make a reference of in text.
fn references(text: &str) -> Vec<String> {
    let pattern = regex::Regex::new(
        r"(?i)@\w|#\d|!\d|~\w|%\d|&\d|\bg[hl]-\d|:tada:|\[\[|\[vulnerability:|\*iteration:|\[toc\]|https?://|www\.\w|\b[0-9a-f]{7,40}\b|^/close",
    );
    pattern.unwrap().find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// Markdown without its code spans, in which nothing is live.
pub fn without_code(markdown: &str) -> String {
    let mut kept = String::new();
    for line in markdown.lines() {
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            let length = rest[start..].bytes().take_while(|&byte| byte == b'`').count();
            let (fence, inside) = rest[start..].split_at(length);
            let escaped = rest[..start].ends_with('\\');
            let end = inside.find(fence).filter(|_| !escaped);
            kept.push_str(&rest[..start]);
            rest = end.map_or(inside, |end| &inside[end + length..]);
        }
        kept.push_str(rest);
        kept.push('\n');
    }
    kept
}

/// The first row of a Markdown table that has another number of columns than the table's head.
pub fn ragged(markdown: &str) -> Option<String> {
    let mut columns = None;
    for line in markdown.lines() {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells = line.replace("\\|", "").matches('|').count();
        if *columns.get_or_insert(cells) != cells {
            return Some(line.to_owned());
        }
    }
    None
}
