//! Links to where things can be looked at. An [`Address`] is https and leads to a host that the settings or the origin name,
//! or, of an incident, where its log says; else it cannot be made: whoever prints one has nothing left to check.

use crate::model::{LinkPattern, Untrusted};
use crate::review::contract::{IncidentReport, LinkReport};

use super::encode;

/// An https address of harmless characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// The address.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Where a commit can be looked at.
pub fn commit(links: &LinkReport, id: &str) -> Option<Address> {
    filled(links.commit.as_ref(), &[id])
}

/// Where a tag can be looked at.
pub fn tag(links: &LinkReport, tag: &str) -> Option<Address> {
    filled(links.tag.as_ref(), &[tag])
}

/// Where what lies between two tags can be looked at.
pub fn compare(links: &LinkReport, from: &str, to: &str) -> Option<Address> {
    filled(links.compare.as_ref(), &[from, to])
}

/// Where an incident can be looked at: at its own address, else where the settings say.
pub fn incident(links: &LinkReport, incident: &IncidentReport) -> Option<Address> {
    let own = incident.url.as_ref().and_then(|url| LinkPattern::whole(url.raw()));
    own.map(|own| Address(own.text().to_owned())).or_else(|| filled(links.incident.as_ref(), &[incident.id.raw()]))
}

/// What a review holds may have been written by anybody: it is made sure of here.
fn filled(pattern: Option<&Untrusted>, names: &[&str]) -> Option<Address> {
    let pattern = LinkPattern::parse(pattern?.raw(), names.len()).ok()?;
    pattern.fill(names).map(Address)
}

/// A text that leads there, in HTML. The text is already encoded.
pub fn html(address: &Address, encoded: &str) -> String {
    format!("<a href=\"{}\" rel=\"noopener noreferrer\">{encoded}</a>", encode::html(&address.0))
}

/// A text that leads there, in Markdown. The text is already encoded.
pub fn markdown(address: &Address, encoded: &str) -> String {
    format!("[{encoded}](<{}>)", address.0)
}

/// A tag in Markdown, leading to where it can be looked at.
pub fn markdown_tag(links: &LinkReport, name: &str) -> String {
    or_plain(tag(links, name), encode::markdown_code(name))
}

/// An incident in Markdown, leading to where the settings say.
pub fn markdown_case(links: &LinkReport, id: &str) -> String {
    or_plain(filled(links.incident.as_ref(), &[id]), encode::markdown_code(id))
}

fn or_plain(address: Option<Address>, encoded: String) -> String {
    match address {
        Some(address) => markdown(&address, &encoded),
        None => encoded,
    }
}

/// A text that leads there, on a terminal that shows links (OSC 8). The text is already encoded. It takes the columns of
/// the text alone; where links are not wanted (a pipe, `--color never`), print the text.
pub fn terminal(address: &Address, encoded: &str) -> String {
    format!("\u{1b}]8;;{}\u{1b}\\{encoded}\u{1b}]8;;\u{1b}\\", address.0)
}

#[cfg(test)]
mod tests {
    use super::{Address, commit, compare, html, markdown, tag, terminal};
    use crate::review::contract::LinkReport;

    fn links(pattern: &str) -> LinkReport {
        LinkReport { tag: Some(pattern.into()), compare: Some(pattern.into()), ..LinkReport::default() }
    }

    #[test]
    fn a_link_is_made_of_a_good_pattern_alone() {
        let good = links("https://x.example/{}");
        assert_eq!(tag(&good, "v1\"><b>").as_ref().map(Address::text), Some("https://x.example/v1%22%3E%3Cb%3E"));
        assert_eq!((compare(&good, "a", "b"), commit(&good, "a")), (None, None));
        for bad in ["javascript:{}", "http://x.example/{}", "https://x.example/\"{}", "https://{}"] {
            assert_eq!(tag(&links(bad), "v1"), None, "{bad}");
        }
    }

    #[test]
    fn each_format_writes_it_its_own_way() {
        let address = tag(&links("https://x.example/{}?a&b"), "v1").expect("an address");
        assert_eq!(html(&address, "v1"), "<a href=\"https://x.example/v1?a&amp;b\" rel=\"noopener noreferrer\">v1</a>");
        assert_eq!(markdown(&address, "`v1`"), "[`v1`](<https://x.example/v1?a&b>)");
        assert_eq!(terminal(&address, "v1"), "\u{1b}]8;;https://x.example/v1?a&b\u{1b}\\v1\u{1b}]8;;\u{1b}\\");
    }
}
