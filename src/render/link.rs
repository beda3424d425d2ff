//! Links to where things can be looked at. An [`Address`] is https and leads to a host that the settings or the origin name,
//! or, of an incident, where its log says; else it cannot be made: whoever prints one has nothing left to check.

use std::collections::HashMap;

use crate::model::{LinkPattern, Untrusted};
use crate::review::contract::{IncidentReport, LinkReport, Review};

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

/// A commit in Markdown, abbreviated to `shown`, leading to where it can be looked at.
pub fn markdown_commit(links: &LinkReport, id: &str, shown: &str) -> String {
    or_plain(commit(links, id), encode::markdown_code(shown))
}

fn or_plain(address: Option<Address>, encoded: String) -> String {
    match address {
        Some(address) => markdown(&address, &encoded),
        None => encoded,
    }
}

/// What a page names.
#[derive(Clone, Debug, Default)]
pub struct Named<'n> {
    /// Tags.
    pub tags: Vec<&'n Untrusted>,
    /// Ids of incidents.
    pub incidents: Vec<&'n Untrusted>,
    /// A commit: as it is shown, and its id.
    pub commit: Option<(&'n str, &'n str)>,
}

/// What can be looked at somewhere: each name as it is shown on a terminal, and where.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<String, Address>);

impl Places {
    /// The tags, the incidents and the commits behind failures of a review.
    pub fn of(review: &Review) -> Self {
        let links = &review.project.links;
        let mut places = HashMap::new();
        let mut add = |shown: &str, address: Option<Address>| {
            if let Some(address) = address {
                places.insert(encode::terminal(shown), address);
            }
        };
        for release in &review.releases {
            for name in std::iter::once(&release.tag).chain(&release.aliases) {
                add(name.raw(), tag(links, name.raw()));
            }
            let evidence =
                release.failures.iter().chain(&release.suspected).filter_map(|failure| failure.evidence.as_ref());
            for known in evidence.flat_map(|evidence| [&evidence.commit, &evidence.culprit]).flatten() {
                add(&format!("{:.9}", known.id), commit(links, &known.id));
            }
        }
        for one in &review.incidents {
            add(one.id.raw(), incident(links, one));
        }
        Self(places)
    }

    /// Tags, incidents and a commit by the settings alone.
    pub fn named(links: &LinkReport, names: &Named<'_>) -> Self {
        let tags = names.tags.iter().map(|name| (name.raw(), tag(links, name.raw())));
        let cases = names.incidents.iter().map(|id| (id.raw(), filled(links.incident.as_ref(), &[id.raw()])));
        let commit = names.commit.map(|(shown, id)| (shown, commit(links, id)));
        let known = tags.chain(cases).chain(commit);
        Self(known.filter_map(|(name, address)| Some((encode::terminal(name), address?))).collect())
    }

    /// The text with a link (OSC 8) wherever one of the names stands as a word of its own. It takes no column more.
    pub fn linked(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let end = if c == '\u{1b}' {
                // A colour of ours.
                rest.find('m').map_or(rest.len(), |end| end + 1)
            } else if part_of_a_name(c) {
                rest.find(|c| !part_of_a_name(c)).unwrap_or(rest.len())
            } else {
                c.len_utf8()
            };
            let (word, after) = rest.split_at(end);
            // A sentence may end behind a name.
            let name = word.trim_end_matches(['.', ':']);
            match self.0.get(name) {
                Some(address) => shown.extend([&terminal(address, name), &word[name.len()..]]),
                None => shown.push_str(word),
            }
            rest = after;
        }
        shown
    }
}

/// What stands in tags, ids of incidents and ids of commits. A name with anything else in it is no link on a terminal.
fn part_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || "._-/+@:#".contains(c)
}

/// A text that leads there, on a terminal that shows links (OSC 8). The text is already encoded. It takes the columns of
/// the text alone; where links are not wanted (a pipe, `--color never`), print the text.
pub fn terminal(address: &Address, encoded: &str) -> String {
    format!("\u{1b}]8;;{}\u{1b}\\{encoded}\u{1b}]8;;\u{1b}\\", address.0)
}

#[cfg(test)]
mod tests {
    use super::{Address, Places, commit, compare, html, markdown, tag, terminal};
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
    fn a_name_is_a_link_where_it_stands_by_itself() {
        let good = links("https://x.example/{}");
        let place = |name: &str| (name.to_owned(), tag(&good, name).expect("an address"));
        let places = Places(["v1.2.0", "INC-1", "@a/b@1.0"].map(place).into());
        let link =
            |name: &str, path: &str| format!("\u{1b}]8;;https://x.example/{path}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\");
        let (v, inc, scoped) = (link("v1.2.0", "v1.2.0"), link("INC-1", "INC-1"), link("@a/b@1.0", "%40a%2Fb%401.0"));
        for (text, shown) in [
            ("of v1.2.0.", format!("of {v}.")),
            ("v1.2.0: failed (v1.2.0), \u{1b}[1mv1.2.0\u{1b}[0m", format!("{v}: failed ({v}), \u{1b}[1m{v}\u{1b}[0m")),
            ("v1.2.0-rc1 av1.2.0 v1.2.0.1 INC-10 INC-1…", format!("v1.2.0-rc1 av1.2.0 v1.2.0.1 INC-10 {inc}…")),
            ("@a/b@1.0", scoped),
            ("", String::new()),
        ] {
            assert_eq!(places.linked(text), shown, "{text:?}");
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
