//! The mailmap, as git reads it: over bytes, names and e-mails compared without case.

use std::collections::HashMap;

use crate::model::Identity;

/// What a recorded identity should read as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Proper {
    name: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
}

/// A parsed mailmap.
#[derive(Debug, Default)]
pub(super) struct Mailmap {
    by_email: HashMap<Vec<u8>, Proper>,
    by_both: HashMap<(Vec<u8>, Vec<u8>), Proper>,
}

impl Mailmap {
    /// Reads the four forms: `Proper <email>`, `<proper> <email>`, `Proper <proper> <email>` and
    /// `Proper <proper> Name <email>`. Lines that are none are passed over, as in git.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        for line in bytes.split(|&byte| byte == b'\n') {
            // As in git, only a line that begins with it is a comment.
            if line.starts_with(b"#") {
                continue;
            }
            let Some((name, email, rest)) = person(line) else { continue };
            match person(rest) {
                None => map.add(None, email, Proper { name, email: None }),
                Some((old_name, old_email, _)) => {
                    map.add(old_name, old_email, Proper { name, email: Some(email.to_vec()) });
                }
            }
        }
        map
    }

    fn add(&mut self, name: Option<Vec<u8>>, email: &[u8], proper: Proper) {
        let email = email.to_ascii_lowercase();
        let slot = match name {
            Some(name) => self.by_both.entry((name.to_ascii_lowercase(), email)).or_default(),
            None => self.by_email.entry(email).or_default(),
        };
        // A later line adds to an earlier one, and wins where both speak.
        slot.name = proper.name.or(slot.name.take());
        slot.email = proper.email.or(slot.email.take());
    }

    /// The identity as it should read.
    pub fn resolve(&self, recorded: &Identity) -> Identity {
        let email = recorded.email.to_ascii_lowercase();
        let both = (recorded.name.to_ascii_lowercase(), email);
        let Some(proper) = self.by_both.get(&both).or_else(|| self.by_email.get(&both.1)) else {
            return recorded.clone();
        };
        Identity {
            name: proper.name.clone().unwrap_or_else(|| recorded.name.clone()),
            email: proper.email.clone().unwrap_or_else(|| recorded.email.clone()),
        }
    }
}

/// A name, if any, an e-mail, and what follows.
type Named<'l> = (Option<Vec<u8>>, &'l [u8], &'l [u8]);

/// The name, if any, and the e-mail at the start of a line, and what follows.
fn person(line: &[u8]) -> Option<Named<'_>> {
    let open = line.iter().position(|&byte| byte == b'<')?;
    let close = open + line[open..].iter().position(|&byte| byte == b'>')?;
    let name = line[..open].trim_ascii();
    let name = (!name.is_empty()).then(|| name.to_vec());
    Some((name, line[open + 1..close].trim_ascii(), &line[close + 1..]))
}

#[cfg(test)]
mod tests {
    use super::Mailmap;
    use crate::model::Identity;

    fn identity(name: &str, email: &str) -> Identity {
        Identity { name: name.into(), email: email.into() }
    }

    #[test]
    fn all_four_forms_work_without_case() {
        let map = Mailmap::parse(
            b"# people\nAna Costa <ana@a.org>\n<bo@b.org> <BO@old.org>\nCy Dee <cy@c.org> <cy@old.org>\n\
              Dana Kim <dana@d.org> root <root@localhost>\nnonsense\n",
        );
        assert_eq!(map.resolve(&identity("anna", "ANA@a.org")), identity("Ana Costa", "ANA@a.org"));
        assert_eq!(map.resolve(&identity("Bo", "bo@OLD.org")), identity("Bo", "bo@b.org"));
        assert_eq!(map.resolve(&identity("x", "cy@old.org")), identity("Cy Dee", "cy@c.org"));
        assert_eq!(map.resolve(&identity("Root", "root@localhost")), identity("Dana Kim", "dana@d.org"));
        assert_eq!(map.resolve(&identity("eve", "root@localhost")), identity("eve", "root@localhost"));
    }
}
