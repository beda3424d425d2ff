//! The change log of a component, from the tree of a commit: never the work tree.

use super::objects::{Kind, Objects};
use super::{Repository, commit, paths};
use crate::model::{CommitId, TagName, TagReading, Untrusted, Version};

/// Largest file read, bytes.
const LARGEST: usize = 16 << 20;
/// Most bytes read of all files of a component.
const IN_ALL: usize = 64 << 20;
/// Most files read: one a version adds up.
const FILES: usize = 2_000;
/// Most folders opened.
const FOLDERS: usize = 300;

/// A file of a change log.
#[derive(Debug)]
pub struct LogFile {
    /// From the root of the repository.
    pub path: Untrusted,
    /// The version that the file as a whole is about, where there is one file a version.
    pub whole: Option<Version>,
    /// What it holds, in whatever encoding.
    pub bytes: Vec<u8>,
}

/// The files of a component's change log.
#[derive(Debug, Default)]
pub struct LogFiles {
    /// Those that were read.
    pub files: Vec<LogFile>,
    /// Whether they lie in the component's own folder.
    pub own: bool,
    /// Files that were not read, and why.
    pub unread: Vec<(Untrusted, &'static str)>,
}

/// Beginnings of the names of change logs.
const NAMES: [&str; 9] = [
    "changelog",
    "changes",
    "history",
    "news",
    "releases",
    "whatsnew",
    "release-notes",
    "release_notes",
    "releasenotes",
];
/// Their endings.
const ENDINGS: [&str; 9] = ["md", "markdown", "mkd", "rst", "rest", "txt", "text", "adoc", "asciidoc"];
/// Folders with one file a version, or one a line of versions.
const FOLDERS_OF: [&str; 11] = [
    "relnotes",
    "release-notes",
    "release_notes",
    "releasenotes",
    "releases",
    "release",
    "changelogs",
    "changelog",
    "changes",
    "history",
    "whatsnew",
];
/// Folders with documents, and those in them that hold the sources.
const DOCUMENTS: [&str; 4] = ["docs", "doc", "documentation", "Documentation"];
const SOURCES: [&str; 5] = ["source", "src", "en", "html", "about"];
/// Folders that hold components.
const COMPONENTS: [&str; 10] =
    ["crates", "packages", "modules", "libs", "lib", "plugins", "components", "projects", "apps", "services"];
/// Folders that hold other people's change logs, or none.
const FOREIGN: [&str; 8] =
    ["vendor", "node_modules", "third_party", "third-party", "external", "deps", "test", "tests"];

/// What is looked for in a folder.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Documents,
    DocumentSources,
    Versions,
    Own,
    Components,
    Part,
}

struct Folder {
    tree: CommitId,
    path: String,
    place: Place,
}

struct Finder<'r> {
    objects: &'r Objects,
    /// The last part of the component's name.
    component: Option<&'r str>,
    folders: u32,
    own: Vec<(String, CommitId, Option<Version>)>,
    shared: Vec<(String, CommitId, Option<Version>)>,
    parts: Vec<(String, CommitId, Option<Version>)>,
}

/// Finds and reads the change log of a component (`None`: of the repository as a whole) as a commit has it. What cannot be
/// read is left out; a repository without one has none.
pub fn read(repository: &Repository, at: CommitId, component: Option<&str>) -> LogFiles {
    let objects = &repository.objects;
    let component = component.and_then(|name| name.rsplit('/').next()).filter(|name| !name.is_empty());
    let root = objects.read(at).ok().and_then(|object| commit::tree(&object.data));
    let mut finder = Finder { objects, component, folders: 0, own: Vec::new(), shared: Vec::new(), parts: Vec::new() };
    let mut folders: Vec<Folder> =
        root.map(|tree| Folder { tree, path: String::new(), place: Place::Root }).into_iter().collect();
    while let Some(folder) = folders.pop() {
        finder.look(&folder, &mut folders);
    }
    let own = !finder.own.is_empty();
    let found = [&finder.own, &finder.shared, &finder.parts].into_iter().find(|found| !found.is_empty());
    let mut wanted = found.cloned().unwrap_or_default();
    // The newest versions first, where there are too many; then by name.
    wanted.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    let mut read = LogFiles { own, ..LogFiles::default() };
    let mut left = IN_ALL;
    for (path, id, whole) in wanted {
        let path = Untrusted::new(path);
        let object = match objects.read(id) {
            Ok(object) => object,
            Err(fault) => {
                read.unread.push((path, fault.name()));
                continue;
            }
        };
        let length = object.data.len();
        let reason = if read.files.len() >= FILES {
            Some("more than 2000 files")
        } else if length > LARGEST {
            Some("larger than 16 MiB")
        } else if length > left {
            Some("more than 64 MiB in all")
        } else {
            None
        };
        match reason {
            Some(reason) => read.unread.push((path, reason)),
            None if object.data.contains(&0) => read.unread.push((path, "no text")),
            None => {
                left -= length;
                read.files.push(LogFile { path, whole, bytes: object.data.to_vec() });
            }
        }
    }
    read.files.sort_by(|a, b| a.path.cmp(&b.path));
    read
}

/// The folders in which components may live: those of the root, and of folders that hold components.
pub fn component_folders(repository: &Repository, at: CommitId) -> Vec<String> {
    let objects = &repository.objects;
    let root = objects.read(at).ok().and_then(|object| commit::tree(&object.data));
    let top: Vec<_> = root.map(|tree| folders(objects, tree)).unwrap_or_default();
    let mut found = Vec::new();
    for (name, tree) in top {
        if COMPONENTS.contains(&name.to_lowercase().as_str()) {
            found.extend(folders(objects, tree).into_iter().map(|(inside, _)| format!("{name}/{inside}")));
        }
        found.push(name);
    }
    found
}

/// The folders of a tree.
fn folders(objects: &Objects, tree: CommitId) -> Vec<(String, CommitId)> {
    let Ok(object) = objects.read(tree) else { return Vec::new() };
    if object.kind != Kind::Tree {
        return Vec::new();
    }
    let folders = paths::entries(&object.data).map_while(Result::ok).filter(paths::Entry::is_tree);
    folders.filter_map(|entry| Some((std::str::from_utf8(entry.name).ok()?.to_owned(), entry.id))).collect()
}

impl Finder<'_> {
    fn look(&mut self, folder: &Folder, next: &mut Vec<Folder>) {
        self.folders += 1;
        if self.folders > FOLDERS as u32 {
            return;
        }
        let Ok(object) = self.objects.read(folder.tree) else { return };
        if object.kind != Kind::Tree {
            return;
        }
        for entry in paths::entries(&object.data).map_while(Result::ok) {
            let Ok(name) = std::str::from_utf8(entry.name) else { continue };
            let path = if folder.path.is_empty() { name.to_owned() } else { format!("{}/{name}", folder.path) };
            if entry.is_tree() {
                if let Some(place) = self.inside(folder.place, name) {
                    next.push(Folder { tree: entry.id, path, place });
                }
            } else if entry.is_file() {
                let whole = match log_name(name, folder.place == Place::Versions) {
                    Named::Other => continue,
                    Named::Log => None,
                    Named::Of(version) => Some(version),
                };
                let list = match folder.place {
                    Place::Own => &mut self.own,
                    Place::Part | Place::Components => &mut self.parts,
                    _ => &mut self.shared,
                };
                list.push((path, entry.id, whole));
            }
        }
    }

    /// What is looked for in a folder of that name; `None` where nothing is.
    fn inside(&self, place: Place, name: &str) -> Option<Place> {
        let lower = name.to_lowercase();
        let own = self.component.is_some_and(|component| component.eq_ignore_ascii_case(name));
        match place {
            Place::Root | Place::Components if own => Some(Place::Own),
            Place::Root if DOCUMENTS.contains(&name) => Some(Place::Documents),
            Place::Root | Place::Documents | Place::DocumentSources if FOLDERS_OF.contains(&lower.as_str()) => {
                Some(Place::Versions)
            }
            Place::Documents if SOURCES.contains(&lower.as_str()) => Some(Place::DocumentSources),
            Place::Root if self.component.is_some() && COMPONENTS.contains(&lower.as_str()) => Some(Place::Components),
            // A product of several parts may keep a log in each, and none of its own.
            Place::Root if self.component.is_none() && !name.starts_with('.') && !FOREIGN.contains(&lower.as_str()) => {
                Some(Place::Part)
            }
            _ => None,
        }
    }
}

/// What a file is about by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// No change log.
    Other,
    /// Versions that its headings name.
    Log,
    /// One version, as a whole.
    Of(Version),
}

/// What a file is about, by its name and by whether it lies in a folder with one file a version.
fn log_name(name: &str, versions: bool) -> Named {
    let lower = name.to_lowercase();
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending.to_lowercase().as_str()) => (stem, true),
        _ => (name, false),
    };
    if versions {
        let stem = ["-notes", "_notes", "-release-notes"].iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
        return match TagName::read(stem.as_bytes()) {
            TagReading::Version(read) if read.component == "root" && !read.prerelease => {
                if read.version.numbers.len() > 1 { Named::Of(read.version) } else { Named::Other }
            }
            _ if ending => Named::Log,
            TagReading::Version(_) | TagReading::No(_) => Named::Other,
        };
    }
    let Some(rest) = NAMES.iter().find_map(|prefix| lower.strip_prefix(prefix)) else { return Named::Other };
    let bare = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if ending || (bare && !lower.contains('.')) { Named::Log } else { Named::Other }
}

#[cfg(test)]
mod tests {
    use super::{Named, log_name};

    #[test]
    fn names_of_change_logs() {
        for name in [
            "CHANGELOG.md",
            "CHANGES",
            "changes.rst",
            "History.md",
            "NEWS.adoc",
            "RELEASE-NOTES",
            "whatsnew-4.5.rst",
            "CHANGES-v1.txt",
        ] {
            assert_eq!(log_name(name, false), Named::Log, "{name}");
        }
        for name in ["changelog_formatter.py", "CHANGELOG.md.j2", "README.md", "history.go", "changes.json"] {
            assert_eq!(log_name(name, false), Named::Other, "{name}");
        }
        for (name, version) in
            [("2.45.1.adoc", "2.45.1"), ("1.20.1-notes.rst", "1.20.1"), ("v3.2.0.txt", "3.2.0"), ("4.2.txt", "4.2")]
        {
            let Named::Of(read) = log_name(name, true) else { panic!("{name} is about one version") };
            assert_eq!(read.to_string(), version);
        }
        assert_eq!(log_name("changelog-5.2.rst", true), Named::Log, "sections of several versions");
        assert_eq!(log_name("2.45.0-rc1.txt", true), Named::Log);
    }
}
