//! Logistic regression with shrinkage (ridge; Hoerl and Kennard 1970, le Cessie and van Houwelingen 1992): each trait
//! moves the log odds by a coefficient that is drawn towards zero, so that with little data it says the base rate.

/// Standard deviation of a coefficient before any data, in log odds per standard deviation of its trait. At 0.5 a trait
/// would seldom more than triple the odds; it takes data to say more.
const PRIOR: f64 = 0.5;
/// Deviations from the mean up to which a trait is followed: beyond, there was next to nothing to learn from.
const EXTREME: f64 = 2.0;
/// Newton steps at most; a fit settles in five to eight.
const STEPS: usize = 30;
/// A step smaller than this has settled.
const SETTLED: f64 = 1e-9;

/// A trait that was fitted: how it is put on a common scale, and what it does there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Term {
    column: usize,
    mean: f64,
    deviation: f64,
    coefficient: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    intercept: f64,
    terms: Vec<Term>,
    /// Lower triangle of the Cholesky factor of the penalised information matrix, for intervals.
    factor: Vec<Vec<f64>>,
}

/// One release to learn from: the value of each trait, where known, and whether it failed.
pub(super) type Example<'a> = (&'a [Option<f64>], bool);

impl Model {
    /// Fits; `None` where all fared alike. What is not known of a release counts as average.
    pub fn fit(examples: &[Example<'_>]) -> Option<Self> {
        let (n, failed) = (examples.len() as f64, examples.iter().filter(|(_, failed)| *failed).count() as f64);
        if failed == 0.0 || failed >= n {
            return None;
        }
        let columns = examples.first().map_or(0, |(values, _)| values.len());
        let mut terms: Vec<Term> = (0..columns).filter_map(|column| scale(examples, column)).collect();
        let rows: Vec<Vec<f64>> = examples.iter().map(|(values, _)| row(&terms, values)).collect();
        let size = terms.len() + 1;
        let mut beta = vec![0.0; size];
        beta[0] = (failed / (n - failed)).ln();
        let mut factor = Vec::new();
        for _ in 0..STEPS {
            let mut gradient = vec![0.0; size];
            let mut information = vec![vec![0.0; size]; size];
            for (row, (_, failed)) in rows.iter().zip(examples) {
                let p = logistic(dot(row, &beta));
                let (rest, weight) = (f64::from(u8::from(*failed)) - p, p * (1.0 - p));
                for i in 0..size {
                    gradient[i] += rest * row[i];
                    for j in 0..=i {
                        information[i][j] += weight * row[i] * row[j];
                    }
                }
            }
            for i in 0..size {
                // The intercept is free, but for a breath that keeps the matrix regular.
                let penalty = if i == 0 { 1e-9 } else { PRIOR.powi(-2) };
                gradient[i] -= penalty * beta[i];
                information[i][i] += penalty;
            }
            factor = cholesky(information)?;
            let step = solve(&factor, &gradient);
            for (value, by) in beta.iter_mut().zip(&step) {
                *value += by;
            }
            if step.iter().all(|by| by.abs() < SETTLED) {
                break;
            }
        }
        for (term, coefficient) in terms.iter_mut().zip(&beta[1..]) {
            term.coefficient = *coefficient;
        }
        beta.iter().all(|value| value.is_finite()).then(|| Self { intercept: beta[0], terms, factor })
    }

    /// The chance of failure.
    pub fn predict(&self, values: &[Option<f64>]) -> f64 {
        logistic(self.log_odds(values))
    }

    /// An interval of the chance, from the curvature at the fit (Laplace); `z` standard deviations wide on each side.
    pub fn interval(&self, values: &[Option<f64>], z: f64) -> (f64, f64) {
        let row = row(&self.terms, values);
        let half = z * dot(&row, &solve(&self.factor, &row)).max(0.0).sqrt();
        let center = self.log_odds(values);
        (logistic(center - half), logistic(center + half))
    }

    /// What each trait multiplies the odds by, against an average release: the column and the factor.
    pub fn contributions(&self, values: &[Option<f64>]) -> Vec<(usize, f64)> {
        let row = row(&self.terms, values);
        self.terms.iter().zip(&row[1..]).map(|(term, x)| (term.column, (term.coefficient * x).exp())).collect()
    }

    fn log_odds(&self, values: &[Option<f64>]) -> f64 {
        let row = row(&self.terms, values);
        self.intercept + self.terms.iter().zip(&row[1..]).map(|(term, x)| term.coefficient * x).sum::<f64>()
    }
}

/// How a column is put on the common scale; `None` where it does not vary.
fn scale(examples: &[Example<'_>], column: usize) -> Option<Term> {
    let known = || examples.iter().filter_map(|(values, _)| values[column]);
    let n = known().count() as f64;
    let mean = known().sum::<f64>() / n;
    let deviation = (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    (deviation > 1e-9).then_some(Term { column, mean, deviation, coefficient: 0.0 })
}

/// One, and the traits on the common scale.
fn row(terms: &[Term], values: &[Option<f64>]) -> Vec<f64> {
    let scaled = terms.iter().map(|term| {
        // What is more extreme than nearly all that was learned from says no more than that.
        values[term.column].map_or(0.0, |value| ((value - term.mean) / term.deviation).clamp(-EXTREME, EXTREME))
    });
    std::iter::once(1.0).chain(scaled).collect()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The lower triangle L of a positive definite matrix, with L Lᵀ the matrix; `None` where it is not positive definite.
fn cholesky(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..matrix.len() {
        for j in 0..=i {
            let rest = matrix[i][j] - dot(&matrix[i][..j], &matrix[j][..j]);
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                matrix[i][i] = rest.sqrt();
            } else {
                matrix[i][j] = rest / matrix[j][j];
            }
        }
    }
    Some(matrix)
}

/// The solution of L Lᵀ x = b.
fn solve(factor: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..x.len() {
        x[i] = (x[i] - dot(&factor[i][..i], &x[..i])) / factor[i][i];
    }
    for i in (0..x.len()).rev() {
        let below: f64 = (i + 1..x.len()).map(|j| factor[j][i] * x[j]).sum();
        x[i] = (x[i] - below) / factor[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::{Model, cholesky, solve};

    fn fit(rows: &[(f64, u32, u32)]) -> Model {
        let data: Vec<(Vec<Option<f64>>, bool)> = rows
            .iter()
            .flat_map(|&(x, failed, fine)| {
                let of = move |count: u32, y: bool| (0..count).map(move |_| (vec![Some(x)], y));
                of(failed, true).chain(of(fine, false))
            })
            .collect();
        let examples: Vec<_> = data.iter().map(|(values, failed)| (values.as_slice(), *failed)).collect();
        Model::fit(&examples).expect("a model")
    }

    #[test]
    fn much_data_speaks_for_itself_and_little_is_drawn_to_the_base_rate() {
        // 40% against 10% of a thousand each: the penalty of 4 hardly matters.
        let much = fit(&[(1.0, 400, 600), (0.0, 100, 900)]);
        assert!((much.predict(&[Some(1.0)]) - 0.40).abs() < 0.005, "{}", much.predict(&[Some(1.0)]));
        assert!((much.predict(&[Some(0.0)]) - 0.10).abs() < 0.005);
        let little = fit(&[(1.0, 2, 3), (0.0, 1, 9)]);
        let p = little.predict(&[Some(1.0)]);
        assert!(p > 0.2 && p < 0.4, "{p}: between the base rate of 20% and the 40% seen");
        assert!((little.predict(&[None]) - 0.2).abs() < 0.05, "what is not known is average");
        let (low, high) = little.interval(&[Some(1.0)], 1.96);
        assert!(low < p && p < high && low > 0.0 && high < 1.0);
        let (column, factor) = much.contributions(&[Some(1.0)])[0];
        assert!(column == 0 && factor > 2.0);
    }

    #[test]
    fn the_gradient_vanishes_at_the_fit() {
        // By hand: with x = ±1 in equal numbers and base rate 1/2 the intercept is 0, and the coefficient b solves
        // n (rate - logistic(b)) = 4 b, with n = 100 and rate = 0.7 at x = 1.
        let model = fit(&[(1.0, 35, 15), (-1.0, 15, 35)]);
        let p = model.predict(&[Some(1.0)]);
        let b = (p / (1.0 - p)).ln();
        assert!((100.0 * (0.7 - p) - 4.0 * b).abs() < 1e-6, "{p} {b}");
    }

    #[test]
    fn without_failures_or_without_successes_there_is_no_model() {
        let one = [Some(1.0)];
        assert_eq!(Model::fit(&[(&one, true), (&one, true)]), None);
        assert_eq!(Model::fit(&[]), None);
    }

    #[test]
    fn a_system_is_solved() {
        let factor = cholesky(vec![vec![4.0, 0.0], vec![2.0, 3.0]]).expect("positive definite");
        let x = solve(&factor, &[8.0, 7.0]);
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12, "{x:?}");
        assert_eq!(cholesky(vec![vec![0.0]]), None);
    }
}
