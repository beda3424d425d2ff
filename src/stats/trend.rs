use super::{median, quantile, sorted, tied};

/// Whether a series rises or falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannKendall {
    /// Rising pairs minus falling pairs.
    pub s: i64,
    /// Variance of `s` without a trend, corrected for ties.
    pub var: f64,
    /// `s` as a normal deviate, with continuity correction; 0 where all values are equal.
    pub z: f64,
    /// Two-sided p.
    pub p_two_sided: f64,
    /// Median slope of all pairs, per step (Sen 1968).
    pub sen_slope: f64,
}

/// The trend test of Mann (1945) and Kendall with Sen's slope. `None` below two values; trustworthy from ten on.
///
/// Compares all pairs: meant for series of periods, not for millions of values.
pub fn mann_kendall(x: &[f64]) -> Option<MannKendall> {
    let x: Vec<f64> = x.iter().copied().filter(|value| value.is_finite()).collect();
    if x.len() < 2 {
        return None;
    }
    let mut s = 0;
    let mut slopes = Vec::with_capacity(x.len() * (x.len() - 1) / 2);
    for (i, earlier) in x.iter().enumerate() {
        for (j, later) in x.iter().enumerate().skip(i + 1) {
            s += i64::from(later > earlier) - i64::from(later < earlier);
            slopes.push((later - earlier) / (j - i) as f64);
        }
    }
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties: f64 = sorted(&x).chunk_by(tied).map(|run| spread(run.len() as f64)).sum();
    let var = (spread(x.len() as f64) - ties) / 18.0;
    let z = if s == 0 || var <= 0.0 { 0.0 } else { (s - s.signum()) as f64 / var.sqrt() };
    Some(MannKendall {
        s,
        var,
        z,
        p_two_sided: (2.0 * quantile::normal_upper_tail(z.abs())).min(1.0),
        sen_slope: median(&slopes)?,
    })
}
