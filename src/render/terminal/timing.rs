use crate::render::page::Page;
use crate::render::phrase::{avoided, section, zone};
use crate::review::contract::{Review, TimeWindowKind};

const BAR: usize = 20;

pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading(section::TIMING);
    let of = |kind: TimeWindowKind| review.timing.windows.iter().filter(move |window| window.slot.kind() == kind);
    let most = of(TimeWindowKind::Weekday).map(|window| window.releases).max().unwrap_or(0);
    if most == 0 {
        page.item("No data: no release in this window.");
        return;
    }
    let bar = if page.unicode() { "█" } else { "#" };
    for window in of(TimeWindowKind::Weekday) {
        if window.releases == 0 && window.even_share.is_none() {
            continue;
        }
        let length = (window.releases as usize * BAR).div_ceil(most as usize);
        page.raw(&format!("  {:.3} {:>4} {}", window.slot.label(), window.releases, bar.repeat(length)));
    }
    let hours: Vec<_> = of(TimeWindowKind::Hours)
        .filter(|window| window.releases > 0)
        .map(|window| format!("{}: {}", window.name(), window.releases))
        .collect();
    page.item(&format!("{} (times {})", hours.join("  "), zone(&review.timing.zone)));
    for window in review.timing.windows.iter().filter(|window| window.avoided) {
        page.bullet(&avoided(window));
    }
}
