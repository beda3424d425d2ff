//! Where links lead: patterns that the team wrote, or that follow from where the repository was cloned from.

/// Stands in a pattern for a name.
pub const HOLE: &str = "{}";

/// An address with a hole for each name: `https://github.com/acme/shop/commit/{}`. There is no other than an https one, to
/// a host that stands in it, of characters that mean nothing to HTML, Markdown or a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern(String);

impl LinkPattern {
    /// Reads a pattern with so many holes; else what is wrong with it, as a predicate.
    ///
    /// # Errors
    /// What is no https address, says a user or a password, holds a character that no address needs, or has another number
    /// of holes, or one where the host stands.
    pub fn parse(text: &str, holes: usize) -> Result<Self, &'static str> {
        let rest = text.strip_prefix("https://").ok_or("does not begin with https://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        if !is_host(host) {
            return Err("names no plain host");
        }
        if text.matches(HOLE).count() != holes {
            return Err(if holes == 2 { "has not exactly two {}" } else { "has not exactly one {}" });
        }
        if !path.replace(HOLE, "").chars().all(plain) {
            return Err("holds a character that no address needs");
        }
        Ok(Self(text.to_owned()))
    }

    /// An address without a hole, such as a log names.
    pub fn whole(text: &str) -> Option<Self> {
        Self::parse(text, 0).ok()
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The address with the names in its holes, percent-encoded; `None` where a name would lead elsewhere.
    pub fn fill(&self, names: &[&str]) -> Option<String> {
        let mut parts = self.0.split(HOLE);
        let mut address = parts.next()?.to_owned();
        for (name, part) in names.iter().zip(parts) {
            // What steps out of its folder is a step even when it is encoded.
            if matches!(*name, "" | "." | "..") {
                return None;
            }
            address.push_str(&encoded(name));
            address.push_str(part);
        }
        Some(address)
    }
}

/// Percent-encoded but for letters, digits and `-._~` (RFC 3986, unreserved).
fn encoded(name: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    name.bytes().map(one).collect()
}

/// A host, perhaps with a port: no user, no password.
fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "443"));
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    host.split('.').all(label) && !port.is_empty() && port.len() <= 5 && port.chars().all(|c| c.is_ascii_digit())
}

/// What may stand in an address beside a name: neither quotes nor brackets, nor what moves a cursor.
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~/?#=&+,:;@!$%".contains(c)
}

/// Where commits, tags, comparisons and incidents can be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// A commit, by its id.
    pub commit: Option<LinkPattern>,
    /// A tag.
    pub tag: Option<LinkPattern>,
    /// What lies between two tags.
    pub compare: Option<LinkPattern>,
    /// An incident, by its id.
    pub incident: Option<LinkPattern>,
    /// The repository's own page.
    pub home: Option<String>,
}

impl Links {
    /// The links of the forge at which a repository was cloned, where it is one that we know. Credentials are dropped.
    pub fn of_origin(origin: &str) -> Self {
        let Some(Remote { host, port, path }) = remote(origin) else { return Self::default() };
        let labels: Vec<&str> = host.split('.').collect();
        let (depth, shape) = if labels.contains(&"github") {
            (2..=2, ["commit/{}", "releases/tag/{}", "compare/{}...{}"])
        } else if labels.contains(&"gitlab") {
            (2..=20, ["-/commit/{}", "-/tags/{}", "-/compare/{}...{}"])
        } else if ["gitea", "forgejo", "codeberg"].iter().any(|forge| labels.contains(forge)) {
            (2..=2, ["commit/{}", "src/tag/{}", "compare/{}...{}"])
        } else if host == "bitbucket.org" {
            // Its comparison names the newer one first.
            (2..=2, ["commits/{}", "src/{}", ""])
        } else {
            return Self::default();
        };
        if !depth.contains(&path.split('/').count()) {
            return Self::default();
        }
        let [commit, tag, compare] = shape;
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let pattern =
            |page: &str, holes| LinkPattern::parse(&format!("https://{host}{port}/{path}/{page}"), holes).ok();
        Self {
            commit: pattern(commit, 1),
            tag: pattern(tag, 1),
            compare: pattern(compare, 2),
            incident: None,
            home: Some(format!("https://{host}{port}/{path}")),
        }
    }
}

/// The last part of the path of a repository's address, without `.git`: what it is called.
pub fn last_part(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches(['/', '\\']);
    // `/srv/shop/.git` is called shop.
    let path = path.strip_suffix("/.git").or_else(|| path.strip_suffix(".git")).unwrap_or(path);
    let name = path.trim_end_matches('/').rsplit(['/', '\\', ':']).next().unwrap_or_default();
    (!matches!(name, "" | "." | "..")).then_some(name)
}

/// Where a repository was cloned from.
struct Remote<'a> {
    host: String,
    port: Option<&'a str>,
    path: &'a str,
}

/// Reads `https://host/path`, `ssh://git@host/path` and `git@host:path`.
fn remote(origin: &str) -> Option<Remote<'_>> {
    let (scheme, rest) = match origin.split_once("://") {
        Some((scheme, rest)) => (scheme, rest.split_once('/')?),
        None => ("ssh", origin.split_once(':')?),
    };
    if !["https", "http", "ssh", "git", "git+ssh"].contains(&scheme) {
        return None;
    }
    let (authority, path) = rest;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host = host.to_ascii_lowercase();
    // Hosts that forges keep for ssh alone.
    let host = host.strip_prefix("ssh.").or_else(|| host.strip_prefix("altssh.")).map_or(host.clone(), str::to_owned);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let part = |part: &str| {
        !matches!(part, "" | "." | "..") && part.chars().all(|c| c.is_ascii_alphanumeric() || "-._~+".contains(c))
    };
    // Only the port of an https address is also that of its pages.
    let port = port.filter(|_| scheme == "https");
    (host.contains('.') && is_host(&host) && path.split('/').all(part)).then_some(Remote { host, port, path })
}

#[cfg(test)]
mod tests {
    use super::{LinkPattern, Links, last_part};

    fn tag(origin: &str) -> Option<String> {
        Links::of_origin(origin).tag.map(|pattern| pattern.text().to_owned())
    }

    #[test]
    fn forges_are_known_by_their_host() {
        let github = Some("https://github.com/acme/shop/releases/tag/{}".to_owned());
        for origin in [
            "https://github.com/acme/shop.git",
            "https://github.com/acme/shop/",
            "https://ana:token@github.com/acme/shop.git",
            "http://github.com/acme/shop",
            "git@github.com:acme/shop.git",
            "ssh://git@github.com/acme/shop.git",
            "ssh://git@ssh.github.com:443/acme/shop.git",
            "git://GitHub.com/acme/shop.git",
        ] {
            assert_eq!(tag(origin), github, "{origin}");
        }
        let others = [
            ("git@gitlab.acme.example:a/b/shop.git", "https://gitlab.acme.example/a/b/shop/-/tags/{}"),
            ("https://gitlab.acme.example:8443/a/shop", "https://gitlab.acme.example:8443/a/shop/-/tags/{}"),
            ("https://codeberg.org/acme/shop.git", "https://codeberg.org/acme/shop/src/tag/{}"),
            ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop/src/{}"),
        ];
        for (origin, pattern) in others {
            assert_eq!(tag(origin).as_deref(), Some(pattern));
        }
        for origin in [
            "",
            "/srv/git/github.com/shop.git",
            "file:///srv/github/shop",
            "https://example.com/github/shop",
            "https://github.com/acme",
            "https://github.com/acme/../shop",
            "https://github.com/acme/sh\"op",
            "https://github.com/a/b/c",
            "https://github.com:x/acme/shop",
            "javascript://github.com/acme/shop",
            "C:\\github\\shop",
        ] {
            assert_eq!(tag(origin), None, "{origin}");
        }
    }

    #[test]
    fn a_pattern_leads_to_its_own_host_alone() {
        for wrong in [
            "http://x.example/{}",
            "javascript:alert({})",
            "https://{}/",
            "https://x.example.{}",
            "https://ana@x.example/{}",
            "https:///{}",
            "https://x.example/",
            "https://x.example/{}/{}",
            "https://x.example/\"{}",
            "https://x.example/{}>",
            "https://x.example/({})",
            "https://x.example/{} ",
            "https://x.example:/{}",
            "https://x.example/\u{1b}{}",
        ] {
            assert!(LinkPattern::parse(wrong, 1).is_err(), "{wrong}");
        }
        let pattern = LinkPattern::parse("https://x.example/tag/{}?a=b", 1).expect("a pattern");
        let filled = |name: &str| pattern.fill(&[name]);
        assert_eq!(filled("v1.2").as_deref(), Some("https://x.example/tag/v1.2?a=b"));
        assert_eq!(filled("@a/b é").as_deref(), Some("https://x.example/tag/%40a%2Fb%20%C3%A9?a=b"));
        assert_eq!(filled("../..").as_deref(), Some("https://x.example/tag/..%2F..?a=b"));
        assert_eq!((filled(".."), filled("")), (None, None));
    }

    #[test]
    fn a_name_is_no_path() {
        let named = [
            ("https://github.com/acme/shop.git", "shop"),
            ("git@host:shop.git", "shop"),
            ("/srv/shop/.git", "shop"),
            ("C:\\work\\shop", "shop"),
            ("/srv/git/shop.git/", "shop"),
        ];
        for (address, name) in named {
            assert_eq!(last_part(address), Some(name), "{address}");
        }
        assert_eq!((last_part("."), last_part("/"), last_part("..")), (None, None, None));
    }
}
