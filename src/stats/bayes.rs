use super::quantile;

/// What is believed of a probability after k of n, having believed nothing before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// Its mean: the chance of the next one (Laplace's rule of succession).
    pub mean: f64,
    /// Lower end of the central credible interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The beta posterior under a uniform prior. A k above n counts as n.
pub fn beta_posterior(k: u64, n: u64, level: f64) -> Posterior {
    let (a, b) = (k.min(n) as f64 + 1.0, n.saturating_sub(k) as f64 + 1.0);
    let tail = (1.0 - level) / 2.0;
    Posterior { mean: a / (a + b), low: quantile::beta(tail, a, b), high: quantile::beta(1.0 - tail, a, b) }
}
