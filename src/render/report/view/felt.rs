//! What people felt, against what happened: sentences, tables, and the reliability picture.

use serde::Serialize;

use crate::render::phrase::{felt, percent};
use crate::review::contract::{FeltBin, FeltReport, Review};

#[derive(Serialize)]
pub(super) struct FeltView {
    /// What the team says and what held.
    first: Option<String>,
    basis: Vec<String>,
    /// Why nothing more is told.
    withheld: Option<String>,
    score: Option<String>,
    bins: Vec<[String; 3]>,
    picture: Option<Picture>,
    /// What confidence and outcomes tell of groups, in sentences.
    told: Vec<Told>,
    /// Groups that tell nothing.
    others: Vec<Group>,
    tested: String,
    reasons: Vec<String>,
    halves: Option<String>,
}

#[derive(Serialize)]
struct Told {
    says: String,
    sure: String,
}

#[derive(Serialize)]
struct Group {
    title: String,
    with: String,
    without: String,
    sure: String,
}

/// The reliability picture: what was said from left to right, what held from the bottom up, both on one scale. Places are
/// in hundredths of its width and height.
#[derive(Serialize)]
struct Picture {
    points: Vec<Point>,
    scale: Vec<Level>,
    told: String,
}

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
    /// By how many releases, in pixels.
    radius: f64,
    says: String,
}

#[derive(Serialize)]
struct Level {
    x: f64,
    y: f64,
    text: String,
}

pub(super) fn of(review: &Review) -> Option<FeltView> {
    let report = review.felt.as_ref()?;
    let (told, others): (Vec<_>, Vec<_>) = report.groups.iter().partition(|group| felt::tells(group));
    // Names are encoded once, when they are printed.
    let told = told.into_iter();
    Some(FeltView {
        first: report.calibration.as_ref().map(|of| felt::calibrated("The team", "says", of)),
        basis: felt::basis(report),
        withheld: report.withheld.as_deref().map(felt::withheld),
        score: report.calibration.as_ref().map(|of| format!("{}.", felt::score(of))),
        bins: report.bins.iter().map(felt::bin).collect(),
        picture: picture(report),
        told: told.map(|group| Told { says: felt::group(group, str::to_owned), sure: felt::how_sure(group) }).collect(),
        others: others
            .into_iter()
            .map(|group| Group {
                title: group.title.raw().to_owned(),
                with: felt::side(&group.with),
                without: felt::side(&group.without),
                sure: felt::how_sure(group),
            })
            .collect(),
        tested: felt::tested(report),
        reasons: report.reasons.iter().map(|reason| felt::reason(reason, str::to_owned)).collect(),
        halves: report.halves.as_ref().map(felt::halves),
    })
}

fn picture(report: &FeltReport) -> Option<Picture> {
    let least = report.bins.iter().map(|bin| bin.said.min(bin.low)).reduce(f64::min)?;
    // From the last full tenth below everything that is drawn.
    let from = (least * 10.0).floor().min(9.0) / 10.0;
    let most = report.bins.iter().map(|bin| bin.releases).max().unwrap_or(1);
    let place = |share: f64| ((share - from) / (1.0 - from) * 1000.0).round() / 10.0;
    let height = |share: f64| ((100.0 - place(share)) * 10.0).round() / 10.0;
    let point = |bin: &FeltBin| {
        let [said, held, _] = felt::bin(bin);
        Point {
            x: place(bin.said),
            y: height(bin.held as f64 / bin.releases as f64),
            low: height(bin.low),
            high: height(bin.high),
            radius: (4.0 + 4.0 * (bin.releases as f64 / most as f64).sqrt()).round(),
            says: format!("said {said}: {held} held"),
        }
    };
    let points: Vec<Point> = report.bins.iter().map(point).collect();
    let says: Vec<&str> = points.iter().map(|point| point.says.as_str()).collect();
    let level = |share: f64| Level { x: place(share), y: height(share), text: percent(share) };
    Some(Picture {
        told: format!("{}.", crate::render::phrase::capital(&says.join("; "))),
        scale: [from, f64::midpoint(from, 1.0), 1.0].map(level).into(),
        points,
    })
}
