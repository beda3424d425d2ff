//! `relconf cache`.

use chrono::{DateTime, Utc};

use crate::cli::args::{CacheArgs, CacheWhat, Input};
use crate::cli::cache::{self, Kept};
use crate::cli::exit::Exit;
use crate::cli::settings::Place;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::phrase::{count, minute};
use crate::render::encode;

pub(super) fn run(args: &CacheArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.what {
        CacheWhat::Show { repo } => {
            terminal.data(&show(&Input { repo: repo.clone(), ..Input::default() }))?;
        }
        CacheWhat::Clear => {
            let cleared = cache::clear().map_err(|(path, error)| {
                let shown = encode::terminal(&path.display().to_string());
                Error::io(format!("cannot remove {shown}"), "remove it yourself").caused_by(error)
            })?;
            terminal.data(&format!("removed what was kept of {}\n", repositories(cleared)))?;
        }
    }
    Ok(Exit::Done)
}

fn show(input: &Input) -> String {
    let Some(folder) = cache::folder() else {
        return "nothing is kept: there is no home, and XDG_CACHE_HOME is not set\n".to_owned();
    };
    let all = cache::all();
    let total = all.iter().map(|kept| kept.length).sum();
    let shown = encode::terminal(&folder.display().to_string());
    let mut text = format!("{shown} keeps what was read of {}, {}\n", repositories(all.len()), size(total));
    // Outside of a repository there is no more to say.
    if let Ok(Place { repository: Some(repository), .. }) = Place::open(input) {
        let own = cache::file_of(&repository);
        let known = repository.remembered().unwrap_or_default();
        match all.iter().find(|kept| Some(&kept.path) == own.as_ref()) {
            Some(kept) => text.push_str(&here(kept, known)),
            None => text.push_str("nothing is kept of this repository yet: a review keeps what lies in its packs\n"),
        }
    }
    if !all.is_empty() {
        text.push_str("relconf cache clear removes all of it; the next run reads everything anew\n");
    }
    text
}

fn here(kept: &Kept, counts: [usize; 4]) -> String {
    if counts == [0; 4] {
        return "what is kept of this repository does not fit it any more, and will be replaced\n".to_owned();
    }
    let things = counts.into_iter().zip(["commit", "tag object", "comparison", "folder"]);
    let things = things.map(|(n, what)| count(n as u64, what)).collect::<Vec<_>>().join(", ");
    let written = minute(DateTime::<Utc>::from(kept.written).fixed_offset());
    format!("of this repository {things}: {}, written {written}\n", size(kept.length))
}

fn repositories(n: usize) -> String {
    if n == 1 { "1 repository".to_owned() } else { format!("{n} repositories") }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes, "byte"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
