use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::{Arena, ComponentChoice, ComponentIndex, History, Policy};

/// How far back the dominant component is looked for, before the newest release.
const RECENT: TimeDelta = TimeDelta::days(365);

/// Which components are reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The reviewed ones, in the history's order.
    pub components: Vec<ComponentIndex>,
    /// Why these.
    pub rule: ScopeRule,
}

/// Why a component is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRule {
    /// There is no other.
    Only,
    /// It has more than half of the last year's releases.
    Dominant,
    /// None dominates, or all were asked for.
    All,
    /// It was asked for.
    Chosen,
}

impl Scope {
    /// Chooses as the policy says.
    ///
    /// # Errors
    /// Where the policy names a component that the history has not.
    pub fn choose(history: &History, policy: &Policy) -> Result<Self, Error> {
        let all: Vec<_> = (0..history.components.len() as u32).map(ComponentIndex).collect();
        match &policy.component {
            ComponentChoice::Named(name) => {
                let chosen = all.iter().copied().find(|&index| history.component(index).name.raw() == name);
                chosen
                    .map(|index| Self { components: vec![index], rule: ScopeRule::Chosen })
                    .ok_or_else(|| unknown(name, history))
            }
            _ if all.len() <= 1 => Ok(Self { components: all, rule: ScopeRule::Only }),
            ComponentChoice::All => Ok(Self { components: all, rule: ScopeRule::All }),
            ComponentChoice::Auto => Ok(match dominant(history) {
                Some(index) => Self { components: vec![index], rule: ScopeRule::Dominant },
                None => Self { components: all, rule: ScopeRule::All },
            }),
        }
    }

    /// Whether the component is reviewed.
    pub fn holds(&self, component: ComponentIndex) -> bool {
        self.components.binary_search(&component).is_ok()
    }
}

fn dominant(history: &History) -> Option<ComponentIndex> {
    let newest = history.releases.iter().map(|release| release.released_at).max()?;
    let mut counts: Arena<ComponentIndex, usize> = history.components.iter().map(|_| 0).collect();
    for release in &history.releases {
        if newest - release.released_at <= RECENT {
            counts[release.component] += 1;
        }
    }
    let total: usize = counts.iter().sum();
    counts.indexed().find(|(_, count)| 2 * **count > total).map(|(component, _)| component)
}

fn unknown(name: &str, history: &History) -> Error {
    const SHOWN: usize = 12;
    let names: Vec<_> = history.components.iter().map(|component| component.name.raw()).collect();
    let more = names.len().saturating_sub(SHOWN);
    let list = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let help = if names.is_empty() {
        "no tag reads as a release; name yours with --tags GLOB".to_owned()
    } else {
        format!("use --component all, or one of: {list}{rest}")
    };
    Error::usage(format!("no component is named \"{name}\""), help)
}
