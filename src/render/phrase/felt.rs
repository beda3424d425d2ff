//! What people felt before releases, against what became of these, in words.

use crate::phrase::{count, date, percent, percents, points_change, probability, rate};
use crate::review::contract::{
    FeltCalibration, FeltGroup, FeltHalf, FeltHalves, FeltMean, FeltReason, FeltReport, FeltSide, FeltVerdict,
    GroupVerdict, HalvesVerdict, ReasonVerdict, Review,
};

/// The headline's sentence; `None` where nobody said how sure they were, or too few to say.
pub fn headline(review: &Review) -> Option<String> {
    let calibration = review.felt.as_ref()?.calibration.as_ref()?;
    let since = review.felt.as_ref().map(|felt| format!(" since {}", date(felt.since))).unwrap_or_default();
    (calibration.verdict != FeltVerdict::TooFew).then(|| said_and_held("The team", "says", calibration, &since))
}

/// What somebody says, what held, and what that makes of it.
pub fn calibrated(who: &str, says: &str, of: &FeltCalibration) -> String {
    said_and_held(who, says, of, "")
}

fn said_and_held(who: &str, says: &str, of: &FeltCalibration, since: &str) -> String {
    let share = of.held as f64 / of.of as f64;
    let by = |from: f64, to: f64| points_change(from, to);
    let verdict = match of.verdict {
        FeltVerdict::TooSure => format!("too sure by {}", by(of.said, share)),
        FeltVerdict::TooAfraid => format!("too afraid by {}", by(share, of.said)),
        FeltVerdict::OnTheWhole => "right on the whole, and not release by release".to_owned(),
        FeltVerdict::Calibrated => "about as sure as it turns out".to_owned(),
        FeltVerdict::TooFew => "too few to say whether that fits".to_owned(),
    };
    format!(
        "{who} {says} {}, and {} ({} of {}) held{since}: {verdict}.",
        percent(of.said),
        percent(share),
        of.held,
        of.of
    )
}

/// What it rests on, and what does not count.
pub fn basis(felt: &FeltReport) -> Vec<String> {
    let open = match felt.open {
        0 => String::new(),
        n => format!("; {} more cannot be judged, or not yet", count(n, "release")),
    };
    let mut says = vec![format!(
        "{} by {}, before {} of {} judged since {}{open}.",
        count(felt.statements, "statement"),
        count(felt.people, "person"),
        felt.releases,
        count(felt.of, "release"),
        date(felt.since),
    )];
    let aside = [
        (felt.aside.late, "made after the release or its incident"),
        (felt.aside.by_machines, "made by machines"),
        (felt.aside.replaced, "replaced by a later one of the same person"),
    ];
    let aside: Vec<_> = aside.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} {why}")).collect();
    if !aside.is_empty() {
        says.push(format!("Not counted: {}.", aside.join(", ")));
    }
    says
}

/// Why nothing more is told, in a sentence.
pub fn withheld(because: &str) -> String {
    format!("What the team felt is not shown: {because}. Your own: relconf explain felt --by NAME")
}

/// The score and its parts.
pub fn score(of: &FeltCalibration) -> String {
    let skill = match of.skill {
        Some(skill) => format!(
            "{:.0}% {} than always saying {}",
            skill.abs() * 100.0,
            if skill < 0.0 { "worse" } else { "better" },
            percent(of.held as f64 / of.of as f64)
        ),
        None => "nothing to be better than where all end alike".to_owned(),
    };
    let parts = match (of.reliability, of.resolution) {
        (Some(reliability), Some(resolution)) => format!(
            ": reliability {reliability:.3} (0: what is said is what happens), resolution {resolution:.3} (0: tells no release \
             from another), uncertainty {:.3}",
            of.uncertainty
        ),
        _ => String::new(),
    };
    let by_confidence =
        of.p_by_confidence.map_or_else(String::new, |p| format!(", as far apart by confidence: p {}", probability(p)));
    format!(
        "Brier score {:.3}, {skill}{parts}; as many holding by chance: p {}{by_confidence}",
        of.brier,
        probability(of.p)
    )
}

/// Whether a comparison tells something.
pub fn tells(group: &FeltGroup) -> bool {
    !matches!(group.verdict, GroupVerdict::TooFew | GroupVerdict::NothingOfItsOwn)
}

/// Which releases a group is told of: those with something, or those without it.
fn which(group: &FeltGroup, encode: impl Fn(&str) -> String) -> String {
    let title = encode(group.title.raw());
    if group.about_with { format!("releases {title}") } else { format!("releases other than those {title}") }
}

/// How sure people were of one side, and how it fared.
pub fn side(side: &FeltSide) -> String {
    format!("{} sure, {} held", percent(side.said), rate(side.held, side.of))
}

/// A comparison in a sentence.
pub fn group(group: &FeltGroup, encode: impl Fn(&str) -> String) -> String {
    let (mine, others) = if group.about_with { (&group.with, &group.without) } else { (&group.without, &group.with) };
    let tells = match group.verdict {
        GroupVerdict::FearWithoutEvidence => "Fear without evidence",
        GroupVerdict::FalseComfort => "False comfort",
        GroupVerdict::Earned => "Earned caution",
        GroupVerdict::TooFew | GroupVerdict::NothingOfItsOwn => "Too few to say",
    };
    format!("{tells}: {}: {}; the others {}.", which(group, encode), side(mine), side(others))
}

/// Both corrected p of a comparison.
pub fn how_sure(group: &FeltGroup) -> String {
    let own = if group.verdict == GroupVerdict::NothingOfItsOwn { "; nothing beyond what is told already" } else { "" };
    format!("confidence p {}, outcomes p {}{own}", probability(group.p_said), probability(group.p_held))
}

/// How much was compared, in a sentence.
pub fn tested(felt: &FeltReport) -> String {
    match felt.tested {
        0 => "No comparison has enough releases and three people on both sides.".to_owned(),
        n => format!(
            "{} for confidence (permutation test) and for outcomes (Fisher), corrected for their number (Holm).",
            match n {
                1 => "1 comparison".to_owned(),
                n => format!("{n} comparisons"),
            }
        ),
    }
}

/// A reason in a sentence.
pub fn reason(reason: &FeltReason, encode: impl Fn(&str) -> String) -> String {
    let verdict = match reason.verdict {
        ReasonVerdict::GoesWithHolding => "goes with holding",
        ReasonVerdict::GoesWithFailing => "goes with failing",
        ReasonVerdict::NotTold if reason.p.is_some() => "could be chance",
        ReasonVerdict::NotTold => "too few to test",
    };
    format!(
        "\"{}\": {} held, of the others {}: {verdict}.",
        encode(reason.words.raw()),
        rate(reason.held, reason.releases),
        rate(reason.others_held, reason.others)
    )
}

/// What became of confidence, in a sentence or two.
pub fn halves(halves: &FeltHalves) -> String {
    let (first, second) = (&halves.first, &halves.second);
    let said = format!("{} said before {}, {} since", percent(first.said), date(second.from), percent(second.said));
    let held = format!("{} held before, {} since", rate(first.held, first.of), rate(second.held, second.of));
    let stated = |half: &FeltHalf| format!("{} of {}", half.stated, half.of);
    let spoke = format!("somebody said so of {} releases before, of {} since", stated(first), stated(second));
    match halves.verdict {
        HalvesVerdict::Stronger => {
            format!("Confidence and outcomes have risen together: {said}; {held}.")
        }
        HalvesVerdict::Weaker => format!("Confidence and outcomes have fallen together: {said}; {held}."),
        HalvesVerdict::Quieter => {
            format!("The team got quieter, which is not less afraid: {spoke}. {said}; {held}.")
        }
        HalvesVerdict::ConfidenceAlone => format!("Confidence rises alone: {said}; {held}."),
        HalvesVerdict::FearAlone => format!("Fear rises alone: {said}; {held}."),
        HalvesVerdict::NotTold => {
            format!("No change beyond chance since {}: {said}; {held}; {spoke}.", date(first.from))
        }
    }
}

/// What was said of a stage, in a few words.
pub fn mean(of: &FeltMean) -> String {
    format!("{} sure ({} by {})", percent(of.said), count(of.statements, "statement"), count(of.people, "person"))
}

/// A row of the picture: said, held, plausible.
pub fn bin(bin: &crate::review::contract::FeltBin) -> [String; 3] {
    [percent(bin.said), rate(bin.held, bin.releases), percents(bin.low, bin.high)]
}
