use super::{median, quantile, sorted, tied};

/// Up to so many values the chances of all orders are counted; above, the normal approximation is as good.
const EXACT_UP_TO: usize = 16;

/// Whether a series rises or falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannKendall {
    /// Rising pairs minus falling pairs.
    pub s: i64,
    /// Variance of `s` without a trend, corrected for ties.
    pub var: f64,
    /// `s` as a normal deviate, with continuity correction; 0 where all values are equal.
    pub z: f64,
    /// Two-sided p by the normal approximation.
    pub p_two_sided: f64,
    /// Two-sided p over all orders of the values (Kendall 1948), ties and all; of short series alone.
    pub p_exact: Option<f64>,
    /// Median slope of all pairs, per step (Sen 1968).
    pub sen_slope: f64,
}

impl MannKendall {
    /// Two-sided p: exact where the series is short, else the normal approximation.
    pub fn p(&self) -> f64 {
        self.p_exact.unwrap_or(self.p_two_sided)
    }
}

/// The trend test of Mann (1945) and Kendall with Sen's slope. `None` below two values.
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
    let runs: Vec<usize> = sorted(&x).chunk_by(tied).map(<[f64]>::len).collect();
    let ties: f64 = runs.iter().map(|&run| spread(run as f64)).sum();
    let var = (spread(x.len() as f64) - ties) / 18.0;
    let z = if s == 0 || var <= 0.0 { 0.0 } else { (s - s.signum()) as f64 / var.sqrt() };
    Some(MannKendall {
        s,
        var,
        z,
        p_two_sided: (2.0 * quantile::normal_upper_tail(z.abs())).min(1.0),
        p_exact: (x.len() <= EXACT_UP_TO).then(|| exact(s, &runs)),
        sen_slope: median(&slopes)?,
    })
}

/// The share of all orders whose `s` is at least as far from nought. Equal values come in runs.
///
/// The falling pairs of all orders are counted by a polynomial: that of n values is the product of 1 + q + … + q^(i - 1)
/// for i up to n, divided by that of each run, whose pairs neither rise nor fall (Stanley, Enumerative Combinatorics 1, 1.7).
fn exact(s: i64, runs: &[usize]) -> f64 {
    let mut orders = vec![1.0];
    for i in 1..=runs.iter().sum() {
        orders = times(&orders, i);
    }
    for i in runs.iter().flat_map(|&run| 1..=run) {
        orders = over(&orders, i);
    }
    let pairs = orders.len() as i64 - 1;
    let as_far = orders.iter().enumerate().filter(|(falling, _)| (pairs - 2 * *falling as i64).abs() >= s.abs());
    (as_far.map(|(_, count)| count).sum::<f64>() / orders.iter().sum::<f64>()).min(1.0)
}

/// A polynomial times 1 + q + … + q^(n - 1).
fn times(polynomial: &[f64], n: usize) -> Vec<f64> {
    let mut product = vec![0.0; polynomial.len() + n - 1];
    for (at, coefficient) in polynomial.iter().enumerate() {
        product[at..at + n].iter_mut().for_each(|term| *term += coefficient);
    }
    product
}

/// A polynomial divided by 1 + q + … + q^(n - 1), which divides it.
fn over(polynomial: &[f64], n: usize) -> Vec<f64> {
    let mut quotient: Vec<f64> = Vec::with_capacity(polynomial.len() + 1 - n);
    for at in 0..polynomial.len() + 1 - n {
        let before: f64 = quotient[at.saturating_sub(n - 1)..at].iter().sum();
        quotient.push(polynomial[at] - before);
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::mann_kendall;

    /// Without ties as SciPy's `kendalltau(method="exact")`; with ties counted over all orders.
    #[test]
    fn a_short_series_is_held_against_all_its_orders() {
        let p = |x: &[f64]| mann_kendall(x).expect("values").p();
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        close(p(&[3.0, 5.0, 4.0, 6.0, 8.0, 7.0, 9.0, 10.0]), 70.0 / 40_320.0);
        close(p(&[5.0, 4.0, 3.0, 2.0, 1.0]), 1.0 / 60.0);
        close(p(&[2.0, 1.0, 4.0, 3.0, 6.0, 5.0, 8.0, 7.0]), 570.0 / 40_320.0);
        close(p(&[1.0, 2.0, 2.0, 1.5, 3.0, 2.5]), 0.188_888_888_888_888_88);
        close(p(&[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 2.0]), 2.0 / 210.0);
        close(p(&[0.0, 0.0, 0.0, 1.0, 1.0, 3.0, 4.0, 4.0]), 0.001_190_476_190_476_190_4);
        close(p(&[1.0, 1.0, 1.0]), 1.0);
        // Sixteen falling values: two of 16! orders.
        let falling: Vec<f64> = (0..16).rev().map(f64::from).collect();
        let orders: f64 = (1..=16).map(f64::from).product();
        assert!((p(&falling) * orders / 2.0 - 1.0).abs() < 1e-6);
        let long: Vec<f64> = (0..17).map(f64::from).collect();
        assert_eq!(mann_kendall(&long).expect("values").p_exact, None);
    }
}
