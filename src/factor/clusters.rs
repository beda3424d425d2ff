//! What points at nearly the same failing releases is one thing, and is told once.

use super::compare::Split;
use super::{Hotspot, TraitReport, TraitVerdict};

/// Two are one where their failing releases overlap by more than this (Jaccard: those of both, of those of either).
const SAME: f64 = 0.6;

/// A trait or a part of the code that goes with failure, by its place in the screening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspect {
    /// A trait.
    Trait(usize),
    /// A component or a folder.
    Part(usize),
}

/// What goes with nearly the same failures: the one with the most failures beyond the rate of the others, and those that
/// tell nothing more once that one is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The one that is told.
    pub lead: Suspect,
    /// The others.
    pub members: Vec<Suspect>,
}

/// Everything that goes with failure beyond chance, clustered. What still goes with failure among the releases of the lead
/// stands alone.
pub(super) fn clusters(traits: &[TraitReport], parts: &[Hotspot]) -> Vec<Cluster> {
    let of_change = |found: &TraitReport| found.verdict == TraitVerdict::Risky && !found.is_control();
    let risky = traits.iter().enumerate().filter(|(_, found)| of_change(found));
    let hot = parts.iter().enumerate().filter(|(_, spot)| spot.split.differs() && spot.split.fails_more());
    // Where two are equal, a path says more than a trait.
    let mut suspects: Vec<(Suspect, &Split)> = hot.map(|(at, spot)| (Suspect::Part(at), &spot.split)).collect();
    suspects.extend(risky.map(|(at, found)| (Suspect::Trait(at), &found.split)));
    suspects.sort_by(|a, b| b.1.excess().total_cmp(&a.1.excess()));
    let mut clusters: Vec<(Cluster, &Split)> = Vec::new();
    for (suspect, split) in suspects {
        let same = clusters.iter_mut().find(|(_, lead)| split.overlap(lead) > SAME && !split.holds_within(lead));
        match same {
            Some((cluster, _)) => cluster.members.push(suspect),
            None => clusters.push((Cluster { lead: suspect, members: Vec::new() }, split)),
        }
    }
    clusters.into_iter().map(|(cluster, _)| cluster).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::HotspotKind;
    use crate::model::Untrusted;

    /// Of 60 releases those with it, and those of them that failed.
    fn part(name: &str, with: &[u32], failed: &[u32]) -> Hotspot {
        let mut split = Split::default();
        for at in 0..60 {
            split.count(0, with.contains(&at), failed.contains(&at));
            split.mark(at, with.contains(&at), failed.contains(&at));
        }
        split.q = Some(0.01);
        Hotspot { kind: HotspotKind::Folder, name: Untrusted::from(name), split, releases: Vec::new() }
    }

    fn found(parts: &[Hotspot]) -> Vec<(&str, Vec<&str>)> {
        let name = |suspect: &Suspect| match suspect {
            Suspect::Part(at) => parts[*at].name.raw(),
            Suspect::Trait(_) => "",
        };
        clusters(&[], parts).iter().map(|c| (name(&c.lead), c.members.iter().map(name).collect())).collect()
    }

    #[test]
    fn the_same_failures_are_told_once() {
        let failed: Vec<u32> = (0..10).collect();
        let (all, most): (Vec<u32>, Vec<u32>) = ((0..14).collect(), (1..15).collect());
        // Overlap: 9 of 10 failing releases. Among the 14 of db, those of schema fail no more: 9 of 13 and 1 of 1.
        let parts = [part("db", &all, &failed), part("schema", &most, &failed)];
        assert_eq!(found(&parts), [("db", vec!["schema"])]);
        // Ten failures of their own: nothing in common.
        let others: Vec<u32> = (20..34).collect();
        let both: Vec<u32> = (0..10).chain(20..30).collect();
        let parts = [part("db", &all, &both), part("ui", &others, &both)];
        assert_eq!(found(&parts), [("db", vec![]), ("ui", vec![])]);
    }

    #[test]
    fn what_still_holds_within_stands_alone() {
        // Whoever touches src touches all that failed: 10 of 40. Of these 40, the ten of schema failed all.
        let failed: Vec<u32> = (0..10).collect();
        let (src, schema): (Vec<u32>, Vec<u32>) = ((0..40).collect(), (0..10).collect());
        let parts = [part("schema", &schema, &failed), part("src", &src, &failed)];
        // Schema has the larger excess and leads; among its ten releases src, which is in all of them, tells nothing.
        assert_eq!(found(&parts), [("schema", vec!["src"])]);
        // Both ways: a lead of 12 of which 8 failed, and a narrower one that holds all 8 in 8.
        let failed: Vec<u32> = (0..10).collect();
        let (wide, narrow): (Vec<u32>, Vec<u32>) = ((0..20).collect(), (2..10).collect());
        let parts = [part("wide", &wide, &failed), part("narrow", &narrow, &failed)];
        assert_eq!(found(&parts), [("wide", vec![]), ("narrow", vec![])]);
    }
}
