use super::Version;

/// A set of versions, such as `>=2.3, <2.3.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    /// All must hold.
    pub comparators: Vec<(Comparator, Version)>,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

const SIGNS: [(&str, Comparator); 6] = [
    ("<=", Comparator::LessOrEqual),
    (">=", Comparator::GreaterOrEqual),
    ("==", Comparator::Equal),
    ("<", Comparator::Less),
    (">", Comparator::Greater),
    ("=", Comparator::Equal),
];

impl VersionRange {
    /// Reads comparisons joined by commas; a version without a sign means itself.
    ///
    /// # Errors
    /// The part that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut comparators = Vec::new();
        for part in text.split(',').map(str::trim) {
            let signed = SIGNS.iter().find_map(|(sign, comparator)| Some((part.strip_prefix(sign)?, *comparator)));
            let (version, comparator) = signed.unwrap_or((part, Comparator::Equal));
            let version = Version::parse(version).ok_or_else(|| format!("\"{part}\" is no comparison of a version"))?;
            comparators.push((comparator, version));
        }
        Ok(Self { comparators })
    }

    /// Whether the version is in the range.
    pub fn contains(&self, version: &Version) -> bool {
        self.comparators.iter().all(|(comparator, bound)| {
            let order = version.compare_numbers(bound);
            match comparator {
                Comparator::Less => order.is_lt(),
                Comparator::LessOrEqual => order.is_le(),
                Comparator::Equal => order.is_eq(),
                Comparator::GreaterOrEqual => order.is_ge(),
                Comparator::Greater => order.is_gt(),
            }
        })
    }

    /// The versions from which on it may hold: its lower bounds.
    pub fn lower_bounds(&self) -> impl Iterator<Item = &Version> {
        self.comparators
            .iter()
            .filter(|(comparator, _)| !matches!(comparator, Comparator::Less | Comparator::LessOrEqual))
            .map(|(_, version)| version)
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, VersionRange};

    fn holds(range: &str, version: &str) -> bool {
        VersionRange::parse(range).expect("a range").contains(&Version::parse(version).expect("a version"))
    }

    #[test]
    fn ranges_hold_what_they_say() {
        assert!(holds(">=2.3, <2.3.2", "2.3.0"));
        assert!(holds(">=2.3, <2.3.2", "v2.3.1"));
        assert!(!holds(">=2.3, <2.3.2", "2.3.2"));
        assert!(holds("2.3", "2.3.0") && holds("=2.3", "2.3.0") && !holds(">2.3", "2.3.0"));
        assert!(holds("<=1.0.2", "1.0.2") && !holds("<=1.0.2", "1.0.2u"));
        assert!(VersionRange::parse("^1.2").is_err());
        assert!(VersionRange::parse("").is_err());
    }
}
