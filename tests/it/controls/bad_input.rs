//! Bad input is named, bounded and never quoted; and what is kept of a reading is of that content alone.

use super::*;

#[test]
fn bad_input_is_named_bounded_and_never_quoted() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
    }
    let huge = format!("jobs:\n{}", "  # padding padding padding\n".repeat(400_000));
    for (text, why) in [
        (bomb.as_str(), "grows beyond all bounds by its aliases"),
        ("jobs: &j\n  a: *j\n", "has an alias that leads to itself"),
        ("jobs:\n\ta: 1\n", "is indented by a tab"),
        ("jobs: {{ .Values.jobs }}\n  x: [\n", "is a template and no YAML"),
        ("jobs: [\n", "could not be read as YAML"),
        (huge.as_str(), "is larger than 1 MiB"),
        (&"[".repeat(100_000), "could not be read as YAML"),
        (&"- ".repeat(100), "is nested too deep"),
        ("jobs:\n  a: {uses: ./../../x.yml}\non: push\n", "uses a file outside of the repository"),
        ("jobs:\n  a: {uses: ./.github/workflows/none.yml}\non: push\n", "names a file that is not there"),
    ] {
        let told = unread(&[(CI, text)]);
        assert!(told.iter().any(|told| told.contains(why)), "{why}: {told:?}");
    }
    // A workflow that calls itself ends.
    let own = "on: [push, workflow_call]\njobs:\n  a: {uses: ./.github/workflows/ci.yml}\n";
    assert!(unread(&[(CI, own)]).iter().any(|told| told.contains("more than four deep")));
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let text = workflow(&format!(
        "  out:\n    name: {secret}\n    environment: {secret}\n    if: github.actor == '{secret}'\n    steps:\n      - name: {secret}\n        \
         run: npm publish --token {secret}\n"
    ));
    let declared = declared(&[(CI, &text)]);
    assert!(!declared.controls.is_empty());
    assert!(!format!("{declared:?}").contains("ghp_"), "{declared:?}");
}

#[test]
fn the_same_content_is_read_once_whatever_it_includes() {
    let caller = workflow("  all:\n    uses: ./.github/workflows/reuse.yml\n");
    let tested = "on: workflow_call\njobs:\n  a: {steps: [{run: npm test}, {run: npm publish}]}\n";
    let untested = "on: workflow_call\njobs:\n  a: {steps: [{run: npm publish}]}\n";
    let mut readings = Readings::default();
    let mut kinds = |text: &str, version: u8| {
        let mut files = Files::default();
        files.0.insert(CI.to_owned(), caller.as_bytes().to_vec());
        files.0.insert(".github/workflows/reuse.yml".to_owned(), text.as_bytes().to_vec());
        let beside = Other(&files, version);
        let listed = files.0.keys().map(|path| (path.clone(), beside.find(path).expect("there"))).collect();
        let declared = readings.declared(Listing { files: listed, whole: true }, &[], &beside);
        declared
            .controls
            .iter()
            .filter(|control| SHIPS.contains(&control.kind))
            .map(|control| control.kind)
            .collect::<Vec<_>>()
    };
    // The caller stays the same; what it uses does not.
    assert_eq!(kinds(tested, 1), [ControlKind::TestedPublish]);
    assert_eq!(kinds(untested, 2), [ControlKind::UntestedPublish]);
    assert_eq!(kinds(tested, 1), [ControlKind::TestedPublish]);
}

/// A commit of which each object is the one workflow.
struct One<'f>(&'f Files);

impl Beside for One<'_> {
    fn find(&self, _: &str) -> Option<CommitId> {
        None
    }
    fn read(&self, _: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        Ok(Arc::new(self.0.0[CI].clone()))
    }
}

#[test]
fn another_version_of_an_action_tells_the_same() {
    let mut readings = Readings::default();
    let mut lines = |uses: &str, publish: &str| {
        let text = workflow(&format!("  out:\n    steps:\n      - uses: {uses}\n      - run: {publish}\n"));
        let mut files = Files::default();
        files.0.insert(CI.to_owned(), text.into_bytes());
        let listed = vec![(CI.to_owned(), id(&format!("{uses}{publish}")))];
        let declared = readings.declared(Listing { files: listed, whole: true }, &[], &One(&files));
        declared.controls.iter().map(|control| (control.kind, control.line)).collect::<Vec<_>>()
    };
    let ships = vec![(ControlKind::UntestedPublish, 9)];
    assert_eq!(lines("actions/checkout@v4", "npm publish"), ships);
    assert_eq!(lines("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "npm publish"), ships);
    assert_eq!(lines("actions/checkout@v4", "make"), []);
    assert_eq!(lines("aquasecurity/trivy-action@v1", "npm publish").len(), 2, "another action tells another thing");
    assert_eq!(lines("'actions/checkout@v5'", "npm publish"), ships);
}

/// Files that make more of themselves than they hold: each ends, and says that it was cut.
#[test]
fn what_is_more_than_is_followed_ends_and_is_told() {
    const CUT: &str = "is more than is followed, with all that it uses: a part of it was not read";
    let many = |n: usize, of: &dyn Fn(usize) -> String| (0..n).map(of).collect::<String>();
    // Jobs that each take from all that came before, and a script that refers to itself through others.
    let extends = many(60, &|n| format!(".b{n}: {{extends: [{}]}}\n", many(n, &|at| format!(".b{at}, "))))
        + &many(5_000, &|n| format!("j{n}: {{extends: [.b59, .b58], script: [make]}}\n"));
    let refers = many(18, &|n| {
        let next = format!("!reference [.r{}, script]", n + 1);
        format!(".r{n}: {{script: [{}]}}\n", vec![next; 9].join(", "))
    }) + "out: {script: [!reference [.r0, script]]}\n";
    let stages = format!(
        "pipeline {{ stages {{\n{}}} }}\n",
        many(6_000, &|n| { format!("stage('s{n}') {{ steps {{ sh 'npm publish' }} }}\n") })
    );
    let jobs = workflow(&many(6_000, &|n| format!("  j{n}: {{needs: [j{}], steps: [{{run: npm publish}}]}}\n", n / 2)));
    let circle = format!(
        "jobs:\n  a: {{steps: [{}]}}\nworkflows: {{w: {{jobs: [{}]}}}}\n",
        "x, ".repeat(1_000),
        "a, ".repeat(3_000)
    );
    let bucket = many(40, &|n| format!("    b{n}:\n{}", "      - step: {script: [npm publish]}\n".repeat(100)));
    let bucket = format!("pipelines:\n  branches:\n{bucket}");
    for (path, text) in [
        (".gitlab-ci.yml", &extends),
        (".gitlab-ci.yml", &refers),
        ("Jenkinsfile", &stages),
        (CI, &jobs),
        (".circleci/config.yml", &circle),
        ("bitbucket-pipelines.yml", &bucket),
    ] {
        let told = unread(&[(path, text)]);
        assert!(told.iter().any(|told| told.contains(CUT)), "{path} {:.60}: {told:?}", text.as_str());
    }
    // Each workflow calls two of the next, and these two of theirs: one budget for all that a file uses.
    let calls = |next: usize| {
        let jobs = many(40, &|n| format!("  j{n}: {{uses: ./.github/workflows/c{next}.yml}}\n"));
        format!("on: [push, workflow_call]\njobs:\n{jobs}")
    };
    let texts: Vec<(String, String)> = (0..5).map(|n| (format!(".github/workflows/c{n}.yml"), calls(n + 1))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert!(unread(&files).iter().any(|told| told.contains(CUT)));
    // A long script counts each time that it is named.
    let long = format!("{}\\n", "x".repeat(200)).repeat(1_600);
    let circle = format!(
        "commands: {{big: {{steps: [{{run: \"{long}\"}}]}}}}\njobs: {{a: {{steps: [{}]}}}}\nworkflows: {{w: {{jobs: [a]}}}}\n",
        "big, ".repeat(9_000)
    );
    let refers =
        format!(".s: {{script: [\"{long}\"]}}\nj: {{script: [{}]}}\n", "!reference [.s, script], ".repeat(9_000));
    for (path, text) in [(".circleci/config.yml", &circle), (".gitlab-ci.yml", &refers)] {
        let told = unread(&[(path, text)]);
        assert!(told.iter().any(|told| told.contains(CUT)), "{path}: {told:?}");
    }
    let uses = workflow(&format!("  a:\n    steps:\n{}", "      - uses: ./act\n".repeat(9_000)));
    let action = format!("runs: {{using: composite, steps: [{{run: \"{long}\", shell: bash}}]}}\n");
    assert!(unread(&[(CI, &uses), ("act/action.yml", &action)]).iter().any(|told| told.contains(CUT)));
    // Nothing is claimed of what was cut.
    assert!(said(&[(CI, &jobs)], &SHIPS).is_empty());
    // So many files are not read, and that is told.
    let texts: Vec<String> = (0..2_100).map(|n| format!(".github/workflows/w{n:04}.yml")).collect();
    let files: Vec<(&str, &str)> =
        texts.iter().map(|path| (path.as_str(), "on: push\njobs: {a: {steps: [{run: make}]}}\n")).collect();
    assert_eq!(unread(&files), ["the repository has more than 2000 files of a pipeline: 100 were not read"]);
    let owners = "/a @b\n".repeat(10_001);
    assert_eq!(
        unread(&[("CODEOWNERS", &owners)]),
        ["CODEOWNERS:10001 has more rules than are read: the others were not"]
    );
}

#[test]
fn what_is_not_read_is_not_known_to_be_absent() {
    let broken = declared(&[(CI, "jobs: [\n"), ("RELEASING.md", "# Release\n")]);
    assert!(broken.unknown.contains(&ControlKind::Tests) && broken.unknown.contains(&ControlKind::Canary));
    assert!(!broken.unknown.contains(&ControlKind::AlertRules), "no file of these was unread");
    assert!(broken.missed.contains(CI));
    let whole = declared(&[(CI, &workflow("  a: {steps: [{run: make}]}\n"))]);
    assert!(whole.unknown.is_empty() && whole.missed.is_empty());
    let scripted = declared(&[("Jenkinsfile", "node { sh 'make' }\n")]);
    assert!(scripted.unknown.contains(&ControlKind::TestedPublish));
    // A listing that was cut off says nothing of what is absent.
    let cut = Readings::default().declared(Listing { files: Vec::new(), whole: false }, &[], &Files::default());
    assert!(cut.unknown.contains(&ControlKind::Owners) && cut.unread.len() == 1);
}

#[test]
fn what_lies_beside_a_file_decides_with_it() {
    let mut readings = Readings::default();
    let mut controls = |files: &[(&str, &str)], kind: ControlKind| {
        let files = Files(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect());
        let listed = files.0.keys().map(|path| (path.clone(), id(path))).collect();
        let declared = readings.declared(Listing { files: listed, whole: true }, &[], &files);
        let of = declared.controls.iter().filter(|control| control.kind == kind);
        of.map(|control| (control.number, control.key())).collect::<Vec<_>>()
    };
    let a = ("monitoring/dashboards/a.json", "{}");
    let b = ("monitoring/dashboards/b.json", "{}");
    let one = controls(&[a], ControlKind::Dashboards);
    let two = controls(&[a, b], ControlKind::Dashboards);
    let other = controls(&[b], ControlKind::Dashboards);
    assert_eq!((one[0].0, two[0].0, other[0].0), (Some(1), Some(2), Some(1)));
    assert_eq!(one[0].1, other[0].1, "the same control, whichever file is the first of the folder");
    let up = ("db/migrations/1.up.sql", "");
    let down = ("db/migrations/1.down.sql", "");
    let later = ("db/migrations/2.down.sql", "");
    let first = controls(&[up, down], ControlKind::DownMigrations);
    assert_eq!(first[0].1, controls(&[up, later], ControlKind::DownMigrations)[0].1);
    assert_eq!(controls(&[up, down, later], ControlKind::DownMigrations)[0].0, Some(2));
    // Of the places of owners the first holds, whichever was read before.
    let root = ("CODEOWNERS", "* @a\n");
    let forge = (".github/CODEOWNERS", "* @a/b\n/x @c\n");
    assert_eq!(controls(&[root], ControlKind::Owners)[0].0, Some(1));
    assert_eq!(
        controls(&[forge, root], ControlKind::Owners).iter().map(|found| found.0).collect::<Vec<_>>(),
        [Some(2)]
    );
    assert_eq!(controls(&[root], ControlKind::Owners)[0].0, Some(1));
    // A pattern of includes fits what is there in this commit.
    let ci = (".gitlab-ci.yml", "include: {local: 'ci/*.yml'}\n");
    let tests = ("ci/tests.yml", "unit: {script: [make test]}\n");
    assert!(controls(&[ci], ControlKind::Tests).is_empty());
    assert_eq!(controls(&[ci, tests], ControlKind::Tests).len(), 1);
    assert!(controls(&[ci], ControlKind::Tests).is_empty());
}
