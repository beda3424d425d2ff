//! Every reference value of `data/stats-oracle.json` (`SciPy`, statsmodels, lifelines), to 1e-9 or to the digits given.

use std::collections::BTreeSet;

use release_confidence::stats::{self, Interval, Observation, Survival};
use serde_json::Value;

const EXACT: f64 = 1e-9;
/// Sections that another test reproduces: `tests/it/attribution.rs`.
const ELSEWHERE: &[&str] = &["maturity"];

fn oracle() -> Value {
    serde_json::from_str(include_str!("../data/stats-oracle.json")).expect("the oracle is JSON")
}

fn close(actual: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what}: {expected} is no number"));
    assert!((actual - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {actual} is not {expected}");
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn interval(actual: Option<Interval>, low: &Value, high: &Value, tolerance: f64, what: &str) {
    let actual = actual.unwrap_or_else(|| panic!("{what}: no interval"));
    close(actual.low, low, tolerance, what);
    close(actual.high, high, tolerance, what);
}

/// One section: its name, and what one entry of it must satisfy.
type Section = (&'static str, fn(&Value));

const SECTIONS: &[Section] = &[
    ("wilson_95", |e| {
        interval(stats::wilson(whole(&e["k"]), whole(&e["n"]), 0.95), &e["low"], &e["high"], EXACT, &e.to_string());
    }),
    ("clopper_pearson_95", |e| {
        let actual = stats::clopper_pearson(whole(&e["k"]), whole(&e["n"]), 0.95);
        interval(actual, &e["low"], &e["high"], EXACT, &e.to_string());
    }),
    ("two_rates", |e| {
        let of = |key: &str| whole(&e[key]);
        let (k1, n1, k0, n0) = (of("k_now"), of("n_now"), of("k_before"), of("n_before"));
        let test = stats::two_rates(k1, n1, k0, n0).expect("both sides have data");
        close(test.fisher_greater, &e["fisher_greater"], EXACT, "fisher greater");
        close(test.fisher_two_sided, &e["fisher_two_sided"], EXACT, "fisher two-sided");
        close(test.mid_p_greater, &e["mid_p_greater"], EXACT, "mid-p");
        let difference = stats::newcombe(k1, n1, k0, n0, 0.95);
        interval(difference, &e["newcombe_95"][0], &e["newcombe_95"][1], EXACT, "newcombe");
    }),
    ("newcombe_90", |e| {
        let of = |key: &str| whole(&e[key]);
        let actual = stats::newcombe(of("k1"), of("n1"), of("k2"), of("n2"), 0.90);
        interval(actual, &e["low"], &e["high"], EXACT, &e.to_string());
    }),
    ("binomial_tail_ge", |e| {
        let p0 = e["p0"].as_f64().expect("p0");
        close(stats::binomial_tail_ge(whole(&e["k"]), whole(&e["n"]), p0), &e["tail"], EXACT, &e.to_string());
    }),
    ("rank_permutation", |e| {
        let (now, before) = (numbers(&e["now"]), numbers(&e["before"]));
        let test = stats::rank_test(&now, &before).expect("both sides have data");
        assert!(test.exact);
        close(test.u, &e["u"], EXACT, "u");
        close(test.p_greater, &e["p_greater"], EXACT, "p");
        let shift = stats::hodges_lehmann(&now, &before).expect("both sides have data");
        close(shift, &e["hodges_lehmann"], EXACT, "shift");
    }),
    ("median_interval_95", |e| {
        let actual = stats::median_interval(&numbers(&e["x"]), 0.95);
        if e["low"].is_null() {
            assert_eq!(actual, None);
        } else {
            close(actual.expect("enough values").coverage, &e["coverage"], EXACT, "coverage");
            interval(actual.map(|median| median.interval), &e["low"], &e["high"], EXACT, &e.to_string());
        }
    }),
    ("kaplan_meier", |e| {
        let events = numbers(&e["event"]);
        let observations: Vec<_> = numbers(&e["t"])
            .into_iter()
            .zip(events)
            .map(|(time, event)| Observation { time, ended: event > 0.0 })
            .collect();
        let survival = Survival::fit(&observations).expect("there are observations");
        for (t, expected) in e["survival"].as_object().into_iter().flatten() {
            close(survival.at(t.parse().expect("a time")), expected, EXACT, &format!("survival at {t}"));
        }
        match survival.median() {
            None => assert!(e["median"].is_null(), "{e}"),
            Some(median) => close(median, &e["median"], EXACT, "median"),
        }
        if let Some(expected) = e.get("log_log_95_at_20") {
            // Six digits stand there.
            interval(survival.interval_at(20.0, 0.95), &expected[0], &expected[1], 1e-6, "log-log");
        }
    }),
    ("mann_kendall", |e| {
        let trend = stats::mann_kendall(&numbers(&e["x"])).expect("enough values");
        assert_eq!(Some(trend.s), e["s"].as_i64());
        if let Some(var) = e.get("var") {
            close(trend.var, var, EXACT, "var");
        }
        // Ten digits stand there.
        close(trend.z, &e["z"], 1e-9, "z");
        close(trend.p_two_sided, &e["p_two_sided"], 1e-9, "p");
        if let Some(slope) = e.get("sen_slope") {
            close(trend.sen_slope, slope, EXACT, "slope");
        }
    }),
    ("benjamini_hochberg", |e| {
        for (actual, expected) in stats::benjamini_hochberg(&numbers(&e["p"])).iter().zip(e["q"].as_array().expect("q"))
        {
            close(*actual, expected, EXACT, "q");
        }
    }),
    ("concentration", |e| {
        let actual = stats::concentration(&numbers(&e["credit"])).expect("there is credit");
        close(actual.hhi, &e["hhi"], EXACT, "hhi");
        close(actual.effective, &e["effective_people"], EXACT, "effective");
        assert_eq!(actual.fewest_for_half as u64, whole(&e["fewest_for_half"]), "{e}");
        assert_eq!(actual.fewest_for_80 as u64, whole(&e["fewest_for_80"]), "{e}");
    }),
    ("check_fisher_two_sided", |e| {
        let of = |key: &str| whole(&e[key]);
        let (fail_bad, pass_bad) = (of("fail_bad"), of("pass_bad"));
        let test = stats::two_rates(fail_bad, fail_bad + of("fail_ok"), pass_bad, pass_bad + of("pass_ok"));
        close(test.expect("both sides have data").fisher_two_sided, &e["p"], EXACT, &e.to_string());
    }),
    ("never_failed_upper", |e| {
        close(stats::never_failed_upper(whole(&e["n"])).expect("n above 0"), &e["upper"], EXACT, &e.to_string());
    }),
    ("kitagawa", |e| {
        let of = |key: &str| whole(&e[key]);
        let split = stats::kitagawa(of("n0"), of("k0"), of("n1"), of("k1")).expect("both periods have releases");
        close(split.fewer_releases, &e["fewer_releases"], EXACT, "fewer releases");
        close(split.rate, &e["rate"], EXACT, "rate");
    }),
    ("beta_posterior_uniform_prior_95", |e| {
        let posterior = stats::beta_posterior(whole(&e["k"]), whole(&e["n"]), 0.95);
        close(posterior.mean, &e["mean"], EXACT, "mean");
        close(posterior.low, &e["low"], EXACT, "low");
        close(posterior.high, &e["high"], EXACT, "high");
    }),
];

#[test]
fn every_reference_value_is_reproduced() {
    let oracle = oracle();
    for (name, check) in SECTIONS {
        let entries = oracle[name].as_array().unwrap_or_else(|| panic!("the oracle has no section {name}"));
        assert!(!entries.is_empty(), "{name} is empty");
        entries.iter().for_each(check);
    }
}

#[test]
fn no_section_is_forgotten() {
    let oracle = oracle();
    let there: BTreeSet<&str> = oracle.as_object().expect("an object").keys().map(String::as_str).collect();
    let tested: BTreeSet<&str> = SECTIONS.iter().map(|(name, _)| *name).chain(ELSEWHERE.iter().copied()).collect();
    assert_eq!(there, tested);
}
