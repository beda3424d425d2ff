//! The list of a fleet: `fleet.toml`, or lines of a name and a path.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::kinds::parse_window;
use crate::document::{Diagnostics, Document, Field, Format, Reader, Value};
use crate::error::{Error, Problem};
use crate::model::WindowRequest;

/// A fleet as it is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetList {
    /// Where relative paths start from; relative to the list's own folder. `None`: that folder.
    pub root: Option<PathBuf>,
    /// The organisation's incident logs: files, folders, globs. An entry goes to the repository that it names.
    pub incidents: Vec<PathBuf>,
    /// Catalogs of who owns what, in JSON: files, folders, globs.
    pub teams: Vec<PathBuf>,
    /// The one window of all.
    pub window: Option<TimeDelta>,
    /// The configuration of every repository that has none of its own.
    pub config: Option<PathBuf>,
    /// The repositories, in the order given.
    pub repositories: Vec<Listed>,
}

/// A repository of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its stable name: the key of all that is said of it.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Who owns it.
    pub team: Option<String>,
    /// How much it matters, as the organisation counts it.
    pub tier: Option<String>,
    /// Its configuration, in place of the one that it brings along.
    pub config: Option<PathBuf>,
    /// The component that is reviewed, or `all`.
    pub component: Option<String>,
    /// Services and components whose incidents are its own.
    pub services: Vec<String>,
}

/// The most repositories of a list.
const MOST: usize = 1_000_000;

/// Reads a list: TOML, or lines such as `name<TAB>path<TAB>team`, of which a path alone will do.
///
/// # Errors
/// With all of them listed: unknown keys, values that are not what they must be, a name that is given twice or is none, a
/// list of nothing.
pub fn parse_fleet(file: &Path, bytes: Vec<u8>) -> Result<FleetList, Error> {
    let toml = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let broken = |mut problems: Vec<Problem>| {
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Error::config(format!("{} cannot be used", file.display()), "correct the problems listed").of_problems(problems)
    };
    let (list, problems) = if toml { from_toml(file, bytes) } else { from_lines(file, bytes) }.map_err(broken)?;
    if !problems.is_empty() {
        return Err(broken(problems));
    }
    if list.repositories.is_empty() {
        let help = if toml {
            "add [[repository]] with name = \"payments-api\" and path = \"payments-api.git\""
        } else {
            "write a line a repository: its name, a tab, its path"
        };
        return Err(Error::config(format!("{} lists no repository", file.display()), help));
    }
    Ok(list)
}

/// What was read, and what is wrong with it.
type Parsed = Result<(FleetList, Vec<Problem>), Vec<Problem>>;

fn from_toml(file: &Path, bytes: Vec<u8>) -> Parsed {
    let document = Document::parse(file, bytes, Some(Format::Toml))?;
    let diagnostics = Diagnostics::new(&document);
    let mut list = FleetList::default();
    if let Value::Table(table) = &document.root.value {
        read(&mut list, Reader::new(&diagnostics, table, 0), &diagnostics);
    }
    Ok((list, diagnostics.drain().into_iter().map(|found| found.problem).collect()))
}

fn read(list: &mut FleetList, mut top: Reader<'_>, diagnostics: &Diagnostics<'_>) {
    if let Some(schema) = top.take("schema")
        && schema.integer().is_some_and(|number| number != 1)
    {
        let _: Option<()> = schema.wrong("is not 1, the only one that is known", "write schema = 1, or update relconf");
    }
    list.root = top.take("root").and_then(Field::filled).map(PathBuf::from);
    list.incidents = top.take("incidents").and_then(paths).unwrap_or_default();
    list.teams = top.take("teams").and_then(paths).unwrap_or_default();
    if let Some(mut defaults) = top.take("defaults").and_then(Field::table) {
        list.config = defaults.take("config").and_then(Field::filled).map(PathBuf::from);
        let last = defaults.take("last");
        list.window = last.and_then(|field| field.ok(parse_fleet_window(field.filled()?)));
        defaults.finish();
    }
    let mut lines = BTreeMap::new();
    for reader in top.take("repository").and_then(Field::tables).unwrap_or_default() {
        if let Some(listed) = repository(reader, &mut lines, diagnostics) {
            list.repositories.push(listed);
        }
    }
    top.finish();
}

fn repository(
    mut reader: Reader<'_>,
    lines: &mut BTreeMap<String, u32>,
    diagnostics: &Diagnostics<'_>,
) -> Option<Listed> {
    let text = |field: Option<Field<'_>>| field.and_then(Field::filled).map(str::to_owned);
    let path = text(reader.require("path", "\"payments-api.git\""));
    let named = reader.require("name", "\"payments-api\"");
    let name = named.and_then(|field| {
        let name = field.filled()?;
        match repository_name_fault(name) {
            Some(fault) => field.wrong(fault, "write a short name, such as \"payments-api\""),
            None => Some((name.to_owned(), field.at())),
        }
    });
    let listed = Listed {
        team: text(reader.take("team")),
        tier: reader.take("tier").and_then(tier),
        config: text(reader.take("config")).map(PathBuf::from),
        component: text(reader.take("component")),
        services: reader.take("services").and_then(Field::texts).map(owned).unwrap_or_default(),
        ..Listed::default()
    };
    reader.finish();
    let ((name, at), path) = name.zip(path)?;
    let (line, _) = diagnostics.document().position(at);
    if let Some(first) = lines.get(&name) {
        diagnostics.spoil(at, twice(&name, *first), "give each repository a name of its own");
        return None;
    }
    lines.insert(name.clone(), line);
    Some(Listed { name, path: path.into(), ..listed })
}

/// `1`, or a word.
fn tier(field: Field<'_>) -> Option<String> {
    match field.value() {
        Value::Integer(Some(number)) => Some(number.to_string()),
        _ => field.filled().map(str::to_owned),
    }
}

fn paths(field: Field<'_>) -> Option<Vec<PathBuf>> {
    Some(field.texts()?.into_iter().map(PathBuf::from).collect())
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn twice(name: &str, first: u32) -> String {
    format!("the name \"{name}\" is given twice, first in line {first}")
}

/// Why a text cannot be the name of a repository; `None` where it can.
pub fn repository_name_fault(name: &str) -> Option<&'static str> {
    if name.chars().count() > 200 {
        Some("is longer than 200 characters")
    } else if name.chars().any(char::is_control) {
        Some("holds a control character")
    } else {
        None
    }
}

fn from_lines(file: &Path, bytes: Vec<u8>) -> Parsed {
    let problem = |line: usize, column: usize, what: String, help: &str| Problem {
        file: file.to_owned(),
        line: line as u32 + 1,
        column: column as u32 + 1,
        what,
        help: help.to_owned(),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|&byte| byte == b'\n').count() - 1;
        vec![problem(line, 0, "is not UTF-8".to_owned(), "save the list as UTF-8")]
    })?;
    let (mut list, mut problems, mut lines) = (FleetList::default(), Vec::new(), BTreeMap::new());
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split('\t').map(str::trim).collect();
        let (name, path, team) = match parts[..] {
            [path] => (name_of(path), path, None),
            [name, path] => (name.to_owned(), path, None),
            [name, path, team] => (name.to_owned(), path, Some(team)),
            _ => {
                let what = format!("has {} parts", parts.len());
                problems.push(problem(
                    at,
                    0,
                    what,
                    "write a name, a path and, where you like, a team, with tabs between",
                ));
                continue;
            }
        };
        if path.is_empty() || name.is_empty() {
            let what = if path.is_empty() { "has no path" } else { "has no name" };
            problems.push(problem(at, 0, what.to_owned(), "write the name, a tab, and the path"));
        } else if let Some(fault) = repository_name_fault(&name) {
            problems.push(problem(at, 0, format!("the name {fault}"), "write a short name, such as payments-api"));
        } else if let Some(first) = lines.get(&name) {
            problems.push(problem(at, 0, twice(&name, *first), "give each repository a name of its own"));
        } else if list.repositories.len() >= MOST {
            problems.push(problem(at, 0, format!("more than {MOST} repositories"), "split the list"));
            break;
        } else {
            lines.insert(name.clone(), at as u32 + 1);
            let team = team.filter(|team| !team.is_empty()).map(str::to_owned);
            list.repositories.push(Listed { name, path: path.into(), team, ..Listed::default() });
        }
    }
    Ok((list, problems))
}

/// What a repository is called where only its path is given: the last part, without `.git`.
fn name_of(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/.git").unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.strip_suffix(".git").filter(|name| !name.is_empty()).unwrap_or(last).to_owned()
}

/// Reads the one window of a fleet: a time, for rates of different spans are not compared.
///
/// # Errors
/// What is no window, or a number of releases.
pub fn parse_fleet_window(text: &str) -> Result<TimeDelta, Error> {
    match parse_window(text)? {
        WindowRequest::LastSpan(span) => Ok(span),
        _ => Err(Error::usage(
            "counts releases: then every repository would have a span of its own, and rates of different spans are not \
             compared",
            "give one time for all: 365d, 26w or 1y",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use chrono::TimeDelta;

    use super::{Listed, name_of, parse_fleet};

    fn toml(text: &str) -> Result<super::FleetList, crate::error::Error> {
        parse_fleet(Path::new("fleet.toml"), text.as_bytes().to_vec())
    }

    /// Each problem as `line:column what`.
    fn problems(error: &crate::error::Error) -> Vec<String> {
        error.problems().iter().map(|found| format!("{}:{} {}", found.line, found.column, found.what)).collect()
    }

    #[test]
    fn a_list_says_where_and_whose() {
        let list = toml(
            "schema = 1\nroot = \"/srv/mirrors\"\nincidents = [\"incidents/*.json\"]\nteams = \"catalog.json\"\n\
             [defaults]\nconfig = \"relconf.fleet.toml\"\nlast = \"26w\"\n\
             [[repository]]\nname = \"payments-api\"\npath = \"payments-api.git\"\nteam = \"payments\"\ntier = 1\n\
             services = [\"payments\", \"checkout\"]\n\
             [[repository]]\nname = \"web\"\npath = \"web.git\"\ncomponent = \"all\"\nconfig = \"web.toml\"\n",
        )
        .expect("a good list");
        assert_eq!((list.root, list.config), (Some("/srv/mirrors".into()), Some("relconf.fleet.toml".into())));
        assert_eq!(list.window, Some(TimeDelta::weeks(26)));
        assert_eq!((list.incidents, list.teams), (vec!["incidents/*.json".into()], vec!["catalog.json".into()]));
        let [payments, web] = &list.repositories[..] else { panic!("two") };
        assert_eq!((payments.team.as_deref(), payments.tier.as_deref()), (Some("payments"), Some("1")));
        assert_eq!(payments.services, ["payments", "checkout"]);
        assert_eq!((web.component.as_deref(), &web.config), (Some("all"), &Some(PathBuf::from("web.toml"))));
    }

    #[test]
    fn every_problem_of_a_list_is_told_with_its_place() {
        let error = toml(
            "incidents = 3\ntems = \"x\"\n[defaults]\nlast = \"20\"\n[[repository]]\nname = \"a\"\npath = \"a\"\nteem = \"x\"\n\
             [[repository]]\nname = \"a\"\npath = \"b\"\n[[repository]]\nname = \"c\"\n",
        )
        .expect_err("a bad list");
        let told = problems(&error);
        assert_eq!(told.len(), 6, "{told:#?}");
        for (at, wanted) in
            ["1:13 incidents must", "2:1 unknown key \"tems\"", "4:8 last counts releases", "8:1 unknown key \"teem\""]
                .into_iter()
                .enumerate()
        {
            assert!(told[at].starts_with(wanted), "{told:#?}");
        }
        assert_eq!(told[4], "10:8 the name \"a\" is given twice, first in line 6");
        assert!(told[5].ends_with("path is missing"), "{told:#?}");
        assert!(toml("schema = 2\n[[repository]]\nname = \"a\"\npath = \"a\"\n").is_err());
        assert!(toml("").expect_err("nothing").to_string().contains("lists no repository"));
        assert!(toml("[[repository]]\nname = 3").is_err() && toml("repository = 3").is_err());
    }

    #[test]
    fn lines_are_a_name_a_path_and_a_team() {
        let parse = |text: &str| parse_fleet(Path::new("-"), text.as_bytes().to_vec());
        let list = parse("# ours\n\n/srv/web.git\r\napi\t/srv/api.git\tpayments\nb\tb\t\n").expect("a good list");
        let listed = |name: &str, path: &str, team: Option<&str>| Listed {
            name: name.to_owned(),
            path: path.into(),
            team: team.map(str::to_owned),
            ..Listed::default()
        };
        let expected = [
            listed("web", "/srv/web.git", None),
            listed("api", "/srv/api.git", Some("payments")),
            listed("b", "b", None),
        ];
        assert_eq!(list.repositories, expected);
        let error = parse("a\ta\n\tb\nc\t\na\td\ne\tf\tg\th\n").expect_err("a bad list");
        let told = problems(&error);
        let expected = [
            "2:1 has no name",
            "3:1 has no path",
            "4:1 the name \"a\" is given twice, first in line 1",
            "5:1 has 4 parts",
        ];
        assert_eq!(told, expected);
        assert_eq!(
            problems(&parse_fleet(Path::new("x.tsv"), b"a\ta\n\xff".to_vec()).expect_err("bytes")),
            ["2:1 is not UTF-8"]
        );
        assert!(parse("").is_err());
    }

    #[test]
    fn a_path_has_a_name() {
        for (path, name) in [("/srv/web.git", "web"), ("web/.git", "web"), ("a/b/", "b"), ("..", "..")] {
            assert_eq!(name_of(path), name);
        }
    }
}
