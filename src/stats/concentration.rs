use statrs::distribution::{Binomial, Discrete};

/// Shares are compared with a threshold up to rounding.
const ROUNDING: f64 = 1e-12;

/// How unevenly something is spread over people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// Sum of squared shares (Herfindahl and Hirschman), 1/people to 1.
    pub hhi: f64,
    /// How many equally loaded people would be as concentrated: 1/hhi (Hill's number of order 2).
    pub effective: f64,
    /// Fewest people with more than half.
    pub fewest_for_half: usize,
    /// Fewest people with at least 80%.
    pub fewest_for_80: usize,
}

/// The concentration of credit. `None` where there is no positive credit.
pub fn concentration(credit: &[f64]) -> Option<Concentration> {
    let mut credit: Vec<f64> = credit.iter().copied().filter(|credit| credit.is_finite() && *credit > 0.0).collect();
    credit.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = credit.iter().sum();
    if total <= 0.0 || !total.is_finite() {
        return None;
    }
    let shares: Vec<f64> = credit.iter().map(|credit| credit / total).collect();
    let hhi: f64 = shares.iter().map(|share| share * share).sum();
    let fewest = |enough: &dyn Fn(f64) -> bool| {
        let mut carried = 0.0;
        1 + shares
            .iter()
            .position(|share| {
                carried += share;
                enough(carried)
            })
            .unwrap_or(shares.len() - 1)
    };
    Some(Concentration {
        hhi,
        effective: 1.0 / hhi,
        fewest_for_half: fewest(&|carried| carried > 0.5 + ROUNDING),
        fewest_for_80: fewest(&|carried| carried >= 0.8 - ROUNDING),
    })
}

/// The share that would have to move to make one distribution the other: half the sum of absolute differences, 0 to 1.
pub fn total_variation(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| (p - q).abs()).sum::<f64>() / 2.0
}

/// What [`total_variation`] between n random draws from `q` and `q` itself is on average: the unevenness of chance.
///
/// Exact: each class deviates by `E|X - nq| = 2 v (1 - q) P(X = v)` with `v = floor(nq) + 1` (de Moivre's formula).
pub fn expected_total_variation(n: u64, q: &[f64]) -> f64 {
    if n == 0 {
        return 0.0;
    }
    let deviation = |&q: &f64| {
        let Ok(count) = Binomial::new(q, n) else { return 0.0 };
        let v = (n as f64 * q).floor() as u64 + 1;
        if q <= 0.0 || q >= 1.0 || v > n { 0.0 } else { 2.0 * v as f64 * (1.0 - q) * count.pmf(v) }
    };
    q.iter().map(deviation).sum::<f64>() / (2.0 * n as f64)
}
