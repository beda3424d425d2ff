/// Conventional types that are looked for, and what they are.
pub(super) const TYPES: [(&str, &str); 7] = [
    ("feat", "with a feature"),
    ("fix", "with a fix"),
    ("perf", "with a performance change"),
    ("refactor", "with a refactoring"),
    ("revert", "with a revert"),
    ("deps", "with a dependency update"),
    ("breaking", "with a breaking change"),
];

/// The types that a commit's subject declares: `feat(api)!: …` (conventionalcommits.org), `Revert "…"`, `Bump …`.
pub fn conventional(subject: &str) -> impl Iterator<Item = &'static str> + use<> {
    let parsed = subject.split_once(':').and_then(|(head, _)| {
        let (head, breaking) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
        let (kind, scope) = match head.split_once('(') {
            Some((kind, scope)) => (kind, scope.strip_suffix(')')?),
            None => (head, ""),
        };
        let word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        word.then(|| (kind.to_ascii_lowercase(), scope.to_ascii_lowercase(), breaking))
    });
    let (kind, scope, breaking) = parsed.unwrap_or_default();
    let declared = TYPES.iter().map(|(name, _)| *name).find(|name| *name == kind && *name != "breaking");
    let deps = scope.starts_with("deps") || kind == "deps" || subject.starts_with("Bump ");
    let revert = subject.starts_with("Revert \"");
    [
        declared.filter(|name| *name != "deps" && *name != "revert"),
        breaking.then_some("breaking"),
        deps.then_some("deps"),
        (revert || kind == "revert").then_some("revert"),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::conventional;

    #[test]
    fn subjects_declare_their_types() {
        let types = |subject| conventional(subject).collect::<Vec<_>>();
        assert_eq!(types("feat: x"), ["feat"]);
        assert_eq!(types("Fix(api)!: x"), ["fix", "breaking"]);
        assert_eq!(types("build(deps): bump a"), ["deps"]);
        assert_eq!(types("chore(deps-dev): bump a"), ["deps"]);
        assert_eq!(types("Revert \"feat: x\""), ["revert"]);
        assert_eq!(types("revert: x"), ["revert"]);
        assert_eq!(types("breaking: news"), Vec::<&str>::new());
        for plain in ["", ":", "no type", "http://x", "a b: c", "feat(x: y", "é: x"] {
            assert_eq!(types(plain), Vec::<&str>::new(), "{plain}");
        }
    }
}
