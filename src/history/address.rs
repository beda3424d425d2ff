//! What an address says: whose account it is, and whether it is anybody's.

use crate::model::Untrusted;

/// Addresses that many strangers share.
const PLACEHOLDERS: [&str; 8] = [
    "none@none",
    "you@example.com",
    "user@example.com",
    "email@example.com",
    "unknown@unknown",
    "nobody@nowhere",
    "devnull@localhost",
    "none@none.none",
];
/// Committers that forges put in when they make the commit themselves.
const FORGES: [&str; 5] =
    ["noreply@github.com", "noreply@gitlab.com", "noreply@codeberg.org", "noreply@gitea.com", "noreply@forgejo.org"];
/// Ends of addresses that every machine of somebody has.
const LOCAL: [&str; 3] = ["@localhost", "@localhost.localdomain", ".(none)"];

/// An account of a forge that hides its owner's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// The account's name.
    pub login: String,
    /// The forge's domain.
    pub forge: String,
}

/// Lower case, for comparing. Bytes that are no UTF-8 stay distinct: nobody becomes another by a lossy reading.
pub(super) fn lower(bytes: &[u8]) -> String {
    Untrusted::from_bytes(bytes).raw().trim().to_lowercase()
}

/// Whether the address is that of a forge, which commits for whoever pressed its button.
pub(super) fn is_forge(email: &str) -> bool {
    FORGES.contains(&email)
}

/// Whether many strangers share the address, in lower case.
pub(super) fn is_placeholder(email: &str) -> bool {
    !email.contains('@')
        || is_forge(email)
        || PLACEHOLDERS.contains(&email)
        || LOCAL.iter().any(|end| email.ends_with(end))
}

/// The account of an address, in lower case, that a forge made up: `login@users.noreply.github.com`,
/// `123+login@users.noreply.github.com`, GitLab's `123-login@users.noreply.gitlab.com`, Gitea's
/// `login@noreply.gitea.example`.
pub(super) fn account(email: &str) -> Option<Account> {
    let (local, domain) = email.split_once('@')?;
    let forge = domain.strip_prefix("users.noreply.").or_else(|| domain.strip_prefix("noreply."))?;
    let number = local.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    let login = match local.split_at(number) {
        ("", login) => login,
        (_, rest) if rest.starts_with('+') => &rest[1..],
        // A login of GitHub may itself begin with a number and a dash.
        (_, rest) if rest.starts_with('-') && forge.contains("gitlab") => &rest[1..],
        _ => local,
    };
    (!login.is_empty()).then(|| Account { login: login.to_owned(), forge: forge.to_owned() })
}

/// What stands for one owner: the account of a forge, else the address itself.
pub(super) fn owner_key(email: &str) -> String {
    account(email).map_or_else(|| email.to_owned(), |account| format!("{}@{}", account.login, account.forge))
}

/// What of an address may be a person's handle: the account, or what stands before the `@`.
pub(super) fn handle(email: &str) -> Option<String> {
    let handle = account(email).map_or_else(|| email.split('@').next().unwrap_or_default().to_owned(), |a| a.login);
    (!handle.is_empty() && email.contains('@')).then_some(handle)
}

#[cfg(test)]
mod tests {
    use super::{account, handle, is_placeholder, owner_key};

    #[test]
    fn accounts_of_forges() {
        let login = |email: &str| account(email).map(|account| account.login);
        for email in [
            "ana@users.noreply.github.com",
            "123+ana@users.noreply.github.com",
            "123-ana@users.noreply.gitlab.com",
            "123-ana@users.noreply.gitlab.acme.example",
            "ana@noreply.gitea.example",
        ] {
            assert_eq!(login(email).as_deref(), Some("ana"), "{email}");
        }
        assert_eq!(login("123-ana@users.noreply.github.com").as_deref(), Some("123-ana"));
        assert_eq!(login("ana@x.org"), None);
        assert_eq!(login("123+@users.noreply.github.com"), None);
        assert_eq!(owner_key("1+ana@users.noreply.github.com"), owner_key("ana@users.noreply.github.com"));
        assert_ne!(owner_key("ana@users.noreply.github.com"), owner_key("ana@users.noreply.gitlab.com"));
        assert_eq!(handle("ana@x.org").as_deref(), Some("ana"));
        assert!(is_placeholder("noreply@github.com") && is_placeholder("x") && !is_placeholder("ana@x.org"));
    }
}
