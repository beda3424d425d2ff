/// q-values of many tests (Benjamini and Hochberg 1995), in the order given: among all with q up to a limit, at most
/// that share is expected to be chance.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let mut q = vec![1.0; p.len()];
    let mut smallest = 1.0_f64;
    for (place, &at) in order.iter().enumerate() {
        // From the largest p down, ranks n, n - 1, … 1.
        let rank = (p.len() - place) as f64;
        smallest = smallest.min(p[at] * p.len() as f64 / rank);
        // Rounding must not carry q below its p.
        q[at] = smallest.max(p[at]);
    }
    q
}

/// Adjusted p of many tests (Holm 1979), in the order given: the chance that any of those up to a limit is chance is at
/// most that limit.
pub fn holm(p: &[f64]) -> Vec<f64> {
    weighted_holm(&p.iter().map(|&p| (p, 1.0)).collect::<Vec<_>>())
}

/// The same of tests that matter more or less (Holm 1979, weighted): the chance that any of those up to a limit is
/// chance stays below that limit, and each test has that part of it which its weight, above 0, has of all.
pub fn weighted_holm(tests: &[(f64, f64)]) -> Vec<f64> {
    let share = |&(p, weight): &(f64, f64)| p / weight;
    let mut order: Vec<usize> = (0..tests.len()).collect();
    order.sort_by(|&a, &b| share(&tests[a]).total_cmp(&share(&tests[b])));
    let mut left: f64 = tests.iter().map(|(_, weight)| weight).sum();
    let mut adjusted = vec![1.0; tests.len()];
    let mut largest = 0.0_f64;
    for at in order {
        largest = largest.max(share(&tests[at]) * left).min(1.0);
        adjusted[at] = largest;
        left -= tests[at].1;
    }
    adjusted
}

/// A change in the number of failures, split in two (Kitagawa 1955).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kitagawa {
    /// Failures more or fewer because there were more or fewer releases.
    pub fewer_releases: f64,
    /// Failures more or fewer because releases failed at another rate.
    pub rate: f64,
}

/// Splits the change from k0 failures of n0 releases to k1 of n1. The two parts add up to k1 - k0. `None` where a
/// period has no release.
pub fn kitagawa(n0: u64, k0: u64, n1: u64, k1: u64) -> Option<Kitagawa> {
    if n0 == 0 || n1 == 0 {
        return None;
    }
    let (n0, k0, n1, k1) = (n0 as f64, k0 as f64, n1 as f64, k1 as f64);
    let (r0, r1) = (k0 / n0, k1 / n1);
    Some(Kitagawa { fewer_releases: (n1 - n0) * f64::midpoint(r0, r1), rate: (r1 - r0) * f64::midpoint(n0, n1) })
}

#[cfg(test)]
mod tests {
    use super::{holm, weighted_holm};

    /// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    #[test]
    fn holm_as_r_has_it() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (adjusted, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((adjusted - expected).abs() < 1e-12, "{adjusted}");
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn what_weighs_half_has_half_of_the_error() {
        // 0.04 at half the weight is 0.08. Once it is found, the others share all: 2 × 0.03.
        let adjusted = weighted_holm(&[(0.04, 2.0), (0.03, 1.0), (0.5, 1.0)]);
        for (found, expected) in adjusted.iter().zip([0.08, 0.08, 0.5]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(weighted_holm(&[]), [0.0; 0]);
    }
}
