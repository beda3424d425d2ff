use statrs::distribution::{ContinuousCDF, StudentsT};

/// P of a mean as large as this, or larger, where the true one is zero (one-sided t-test of one sample; Student 1908).
///
/// `None` of fewer than two finite values, or where all are the same.
pub fn mean_above_zero(values: &[f64]) -> Option<f64> {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let n = finite.len() as f64;
    if finite.len() < 2 {
        return None;
    }
    let mean = finite.iter().sum::<f64>() / n;
    let variance = finite.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    if variance <= 0.0 || !variance.is_finite() {
        return None;
    }
    let t = mean / (variance / n).sqrt();
    StudentsT::new(0.0, 1.0, n - 1.0).ok().map(|distribution| distribution.sf(t))
}

#[cfg(test)]
mod tests {
    use super::mean_above_zero;

    #[test]
    fn one_sample() {
        // t = 3 / (sqrt(2.5) / sqrt(5)) = 3 sqrt(2) with 4 degrees of freedom. With them the distribution function is
        // 1/2 + 3/8 x (1 - x² / 12) where x = t / sqrt(1 + t² / 4) (Student's own table): the tail is 0.0066176.
        let p = mean_above_zero(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("a p");
        let t = 3.0 * 2.0_f64.sqrt();
        let x = t / (1.0 + t * t / 4.0).sqrt();
        let expected = 0.5 - 3.0 / 8.0 * x * (1.0 - x * x / 12.0);
        assert!((p - expected).abs() < 1e-9 && (p - 0.006_617_6).abs() < 1e-5, "{p} {expected}");
        let other = mean_above_zero(&[-1.0, -2.0, -3.0, -4.0, -5.0]).expect("a p");
        assert!((p + other - 1.0).abs() < 1e-9);
        assert_eq!(mean_above_zero(&[0.0, 0.0, 0.0]), None);
        assert_eq!(mean_above_zero(&[1.0]), None);
    }
}
