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
        ("jobs: [\n", "is no YAML"),
        (huge.as_str(), "is larger than 1 MiB"),
        (&"[".repeat(100_000), "is no YAML"),
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
        let declared = readings.declared(listed, &[], &beside);
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
