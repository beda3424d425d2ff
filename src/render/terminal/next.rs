use crate::render::encode;
use crate::render::page::Page;
use crate::review::contract::{Review, ScopeRule};

/// What to type next, by what is missing most.
pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading("Next");
    if review.releases.is_empty() {
        page.item("relconf list tags          which tags there are, and why none is a release");
        page.item("relconf review --tags 'release-*'   name the tags that are");
        return;
    }
    if !review.data.incidents.log_given {
        page.item("relconf init   proposes an incident log from what git says; or begin by hand, in incidents.toml:");
        let newest = review.releases.last().map_or_else(String::new, |release| encode::terminal(release.tag.raw()));
        for line in [
            "[[incident]]".to_owned(),
            "id = \"INC-1\"".to_owned(),
            "title = \"Checkout answers 500\"".to_owned(),
            format!("started_at = {}", review.as_of.format("%Y-%m-%dT09:58:00Z")),
            format!("detected_at = {}", review.as_of.format("%Y-%m-%dT10:04:00Z")),
            format!("caused_by = {{ release = \"{newest}\" }}"),
        ] {
            page.raw(&encode::fit(&format!("      {line}"), page.width()));
        }
    }
    if matches!(review.scope.rule, ScopeRule::All) && review.scope.components.len() > 1 {
        let name = busiest(review);
        page.item(&format!("relconf review --component {name}   one component by itself"));
    } else if let Some(other) = review.scope.others.first() {
        page.item(&format!(
            "relconf review --component {}   another component, or all",
            encode::terminal(other.name.raw())
        ));
    }
    page.item("relconf explain change_failure_rate   the definition, the releases and the arithmetic");
}

fn busiest(review: &Review) -> String {
    let count = |name: &str| review.releases.iter().filter(|release| release.component.raw() == name).count();
    let names = review.scope.components.iter().map(crate::model::Untrusted::raw);
    names.max_by_key(|name| count(name)).map_or_else(String::new, encode::terminal)
}
