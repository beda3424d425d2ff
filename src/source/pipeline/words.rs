//! What jobs, steps and commands do, told by the words that the field uses. Each list is a fact about a tool; what no list
//! knows says nothing.

use super::job::{Job, Step};

/// What a command or an action ships with, and how it is called in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ships {
    /// The tool, in our own words.
    pub tool: &'static str,
    /// Whether it changes what runs, instead of handing out a version.
    pub deploys: bool,
}

/// Commands that hand out a version: words that follow each other, others between them allowed where `…` stands.
const PUBLISHES: &[(&str, &str)] = &[
    ("npm publish", "npm publish"),
    ("pnpm publish", "pnpm publish"),
    ("pnpm … publish", "pnpm publish"),
    ("yarn publish", "yarn publish"),
    ("yarn npm publish", "yarn npm publish"),
    ("bun publish", "bun publish"),
    ("lerna publish", "lerna publish"),
    ("changeset publish", "changeset publish"),
    ("semantic-release", "semantic-release"),
    ("release-it", "release-it"),
    ("cargo publish", "cargo publish"),
    ("cargo workspaces publish", "cargo publish"),
    ("cargo release", "cargo release"),
    ("release-plz release", "release-plz"),
    ("twine upload", "twine upload"),
    ("poetry publish", "poetry publish"),
    ("uv publish", "uv publish"),
    ("flit publish", "flit publish"),
    ("hatch publish", "hatch publish"),
    ("pdm publish", "pdm publish"),
    ("gem push", "gem push"),
    ("rake release", "rake release"),
    ("gh release create", "gh release create"),
    ("gh release upload", "gh release upload"),
    ("glab release create", "glab release create"),
    ("release-cli create", "release-cli create"),
    ("goreleaser release", "goreleaser"),
    ("jreleaser full-release", "jreleaser"),
    ("mvn … deploy", "mvn deploy"),
    ("mvn … release:perform", "mvn release:perform"),
    ("./mvnw … deploy", "mvn deploy"),
    ("gradle … publish", "gradle publish"),
    ("./gradlew … publish", "gradle publish"),
    ("dotnet nuget push", "dotnet nuget push"),
    ("nuget push", "nuget push"),
    ("docker push", "docker push"),
    ("docker manifest push", "docker manifest push"),
    ("docker … build … --push", "docker build --push"),
    ("docker compose push", "docker push"),
    ("podman push", "podman push"),
    ("crane push", "crane push"),
    ("skopeo copy", "skopeo copy"),
    ("oras push", "oras push"),
    ("helm push", "helm push"),
    ("cr upload", "chart releaser"),
    ("vsce publish", "vsce publish"),
    ("ovsx publish", "ovsx publish"),
    ("dist host", "dist host"),
    ("luarocks upload", "luarocks upload"),
    ("pod trunk push", "pod trunk push"),
    ("snapcraft upload", "snapcraft upload"),
    ("mix hex.publish", "mix hex.publish"),
];

/// Commands that change what runs.
const DEPLOYS: &[(&str, &str)] = &[
    ("kubectl apply", "kubectl apply"),
    ("kubectl … apply", "kubectl apply"),
    ("kubectl set image", "kubectl set image"),
    ("kubectl … set image", "kubectl set image"),
    ("helm upgrade", "helm upgrade"),
    ("helm … upgrade", "helm upgrade"),
    ("helm install", "helm install"),
    ("helmfile apply", "helmfile apply"),
    ("helmfile sync", "helmfile sync"),
    ("argocd app sync", "argocd app sync"),
    ("kubectl argo rollouts set image", "kubectl argo rollouts set image"),
    ("terraform apply", "terraform apply"),
    ("terraform … apply", "terraform apply"),
    ("tofu apply", "tofu apply"),
    ("terragrunt apply", "terragrunt apply"),
    ("pulumi up", "pulumi up"),
    ("cdk deploy", "cdk deploy"),
    ("serverless deploy", "serverless deploy"),
    ("sls deploy", "serverless deploy"),
    ("sam deploy", "sam deploy"),
    ("gcloud app deploy", "gcloud app deploy"),
    ("gcloud run deploy", "gcloud run deploy"),
    ("gcloud functions deploy", "gcloud functions deploy"),
    ("gcloud deploy releases create", "gcloud deploy"),
    ("aws ecs update-service", "aws ecs update-service"),
    ("aws deploy create-deployment", "aws deploy"),
    ("aws lambda update-function-code", "aws lambda update-function-code"),
    ("aws cloudformation deploy", "aws cloudformation deploy"),
    ("eb deploy", "eb deploy"),
    ("az webapp deploy", "az webapp deploy"),
    ("az containerapp update", "az containerapp update"),
    ("flyctl deploy", "fly deploy"),
    ("fly deploy", "fly deploy"),
    ("vercel … --prod", "vercel --prod"),
    ("netlify deploy … --prod", "netlify deploy"),
    ("wrangler deploy", "wrangler deploy"),
    ("wrangler publish", "wrangler deploy"),
    ("firebase deploy", "firebase deploy"),
    ("heroku container:release", "heroku container:release"),
    ("git push heroku", "git push heroku"),
    ("cap production deploy", "cap deploy"),
    ("cap … deploy", "cap deploy"),
    ("dep deploy", "deployer"),
    ("kamal deploy", "kamal deploy"),
    ("ansible-playbook", "ansible-playbook"),
    ("docker stack deploy", "docker stack deploy"),
    ("nomad job run", "nomad job run"),
];

/// Actions, orbs, tasks and pipes that hand out a version: a part of their name.
const PUBLISHING_ACTIONS: &[(&str, &str)] = &[
    ("pypa/gh-action-pypi-publish", "gh-action-pypi-publish"),
    ("softprops/action-gh-release", "action-gh-release"),
    ("ncipollo/release-action", "release-action"),
    ("actions/create-release", "create-release"),
    ("actions/upload-release-asset", "upload-release-asset"),
    ("js-devtools/npm-publish", "npm-publish"),
    ("cycjimmy/semantic-release-action", "semantic-release"),
    ("rubygems/release-gem", "release-gem"),
    ("helm/chart-releaser-action", "chart releaser"),
    ("katyo/publish-crates", "publish-crates"),
    ("rust-lang/crates-io-publish", "crates.io publish"),
    ("release-plz/action", "release-plz"),
    ("svenstaro/upload-release-action", "upload-release-action"),
    ("marvinpinto/action-automatic-releases", "automatic-releases"),
    ("publish-multi-arch-manifest", "publish-multi-arch-manifest"),
    ("nugetcommand", ""),
    ("githubrelease@", "GitHubRelease task"),
    ("npmauthenticate", ""),
    ("atlassian/npm-publish", "npm-publish pipe"),
    ("atlassian/pypi-publish", "pypi-publish pipe"),
];

/// Actions that change what runs.
const DEPLOYING_ACTIONS: &[(&str, &str)] = &[
    ("azure/webapps-deploy", "webapps-deploy"),
    ("azure/k8s-deploy", "k8s-deploy"),
    ("azure/functions-action", "functions-action"),
    ("aws-actions/amazon-ecs-deploy-task-definition", "amazon-ecs-deploy-task-definition"),
    ("aws-actions/aws-cloudformation-github-deploy", "cloudformation deploy"),
    ("google-github-actions/deploy-", "google-github-actions/deploy"),
    ("akhileshns/heroku-deploy", "heroku-deploy"),
    ("superfly/flyctl-actions", ""),
    ("cloudflare/wrangler-action", "wrangler-action"),
    ("azurewebapp@", "AzureWebApp task"),
    ("azurermwebappdeployment@", "AzureRmWebAppDeployment task"),
    ("kubernetesmanifest@", "KubernetesManifest task"),
    ("helmdeploy@", "HelmDeploy task"),
    ("atlassian/aws-ecs-deploy", "aws-ecs-deploy pipe"),
    ("atlassian/aws-elasticbeanstalk-deploy", "aws-elasticbeanstalk-deploy pipe"),
    ("atlassian/aws-s3-deploy", "aws-s3-deploy pipe"),
    ("atlassian/heroku-deploy", "heroku-deploy pipe"),
    ("atlassian/kubectl-run", "kubectl-run pipe"),
    ("atlassian/ssh-run", ""),
];

/// Commands that test.
const TESTS: &[&str] = &[
    "cargo test",
    "cargo … test",
    "cargo nextest",
    "npm test",
    "npm t",
    "npm run test",
    "npm … test",
    "yarn test",
    "yarn … test",
    "pnpm test",
    "pnpm … test",
    "bun test",
    "deno test",
    "pytest",
    "py.test",
    "python -m unittest",
    "python3 -m unittest",
    "manage.py test",
    "go test",
    "gotestsum",
    "make test",
    "make … test",
    "make check",
    "mage test",
    "mvn … test",
    "mvn … verify",
    "./mvnw … test",
    "./mvnw … verify",
    "gradle … test",
    "gradle … check",
    "./gradlew … test",
    "./gradlew … check",
    "rspec",
    "rake test",
    "rake spec",
    "rails test",
    "dotnet test",
    "phpunit",
    "jest",
    "vitest",
    "mocha",
    "ctest",
    "meson test",
    "ninja test",
    "bazel test",
    "ginkgo",
    "cypress run",
    "playwright test",
    "swift test",
    "flutter test",
    "mix test",
    "sbt test",
    "lein test",
    "stack test",
    "cabal test",
    "bats",
    "xcodebuild … test",
    "prove",
    "molecule test",
    "helm test",
    "ct install",
];

/// Commands and actions that scan.
const SCANS: &[&str] = &[
    "codeql",
    "trivy",
    "snyk",
    "semgrep",
    "govulncheck",
    "cargo audit",
    "cargo deny",
    "cargo-deny",
    "npm audit",
    "yarn audit",
    "pnpm audit",
    "bandit",
    "brakeman",
    "zizmor",
    "gitleaks",
    "trufflehog",
    "osv-scanner",
    "grype",
    "dependency-review",
    "scorecard",
    "bundler-audit",
    "bundle audit",
    "pip-audit",
    "gosec",
    "coverity",
    "sonarqube",
    "sonarcloud",
    "sast",
    "dependency_scanning",
    "container_scanning",
    "secret_detection",
    "audit-check",
];

/// Commands and actions that compare contracts or public interfaces.
const CONTRACTS: &[&str] = &[
    "pact",
    "pact-broker",
    "can-i-deploy",
    "oasdiff",
    "openapi-diff",
    "buf breaking",
    "buf-breaking",
    "buf-breaking-action",
    "semver-checks",
    "cargo-semver-checks",
    "cargo-semver-checks-action",
    "api-extractor",
    "japicmp",
    "revapi",
    "apidiff",
    "go-apidiff",
    "graphql-inspector",
    "contract test",
    "contract tests",
    "contract-test",
    "contract-tests",
];

/// Commands that go back.
const GOES_BACK: &[(&str, &str)] = &[
    ("kubectl rollout undo", "kubectl rollout undo"),
    ("kubectl … rollout undo", "kubectl rollout undo"),
    ("rollouts undo", "kubectl argo rollouts undo"),
    ("rollouts abort", "kubectl argo rollouts abort"),
    ("helm rollback", "helm rollback"),
    ("helm … rollback", "helm rollback"),
    ("helm upgrade … --atomic", "helm --atomic"),
    ("helm … upgrade … --atomic", "helm --atomic"),
    ("helm install … --atomic", "helm --atomic"),
    ("helm upgrade … --rollback-on-failure", "helm --rollback-on-failure"),
    ("argocd app rollback", "argocd app rollback"),
    ("cap production deploy:rollback", "cap deploy:rollback"),
    ("kamal rollback", "kamal rollback"),
    ("npm deprecate", "npm deprecate"),
    ("cargo yank", "cargo yank"),
    ("gem yank", "gem yank"),
    ("flyctl releases rollback", "fly releases rollback"),
    ("heroku rollback", "heroku rollback"),
    ("heroku releases:rollback", "heroku rollback"),
    ("vercel rollback", "vercel rollback"),
];

/// A command, cut into words.
struct Cut {
    words: Vec<String>,
    /// How many words may be the one that names the command: those that run others, and the one behind them.
    heads: usize,
}

impl std::ops::Deref for Cut {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.words
    }
}

/// Words of a command, in lower case: cut at blanks, without quotes.
fn tokens(command: &str) -> Cut {
    let cut = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | '[' | ']');
    let words: Vec<String> = command.split(cut).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    let heads = words.iter().take(LEADING).take_while(|word| is_leading(word)).count() + 1;
    Cut { words, heads }
}

/// The commands of a line: what a shell runs one after the other.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split(['|', ';', '&']).map(str::trim).filter(|part| !part.is_empty())
}

/// Whether a command is one of a pattern. It begins where a command does: behind variables, `sudo` and the like.
fn is(words: &Cut, pattern: &str) -> bool {
    let mut wanted = pattern.split(' ');
    let Some(first) = wanted.next() else { return false };
    let whole = first.contains('/');
    let named =
        |word: &String| word == first || !whole && word.strip_suffix(first).is_some_and(|before| before.ends_with('/'));
    let Some(begin) = words.iter().take(words.heads).position(named) else { return false };
    let mut at = begin + 1;
    while let Some(word) = wanted.next() {
        if word == "…" {
            let Some(next) = wanted.next() else { return true };
            match words[at..].iter().take(BETWEEN).position(|found| equals(found, next)) {
                Some(found) => at += found + 1,
                None => return false,
            }
        } else if words.get(at).is_some_and(|found| equals(found, word)) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

/// Words before a command and inside of one that are passed over.
const LEADING: usize = 12;
const BETWEEN: usize = 24;

/// A word of a pattern; `test` is also `test:unit` and `test-all`, `publish` is also `publishToMaven`.
fn equals(found: &str, wanted: &str) -> bool {
    found == wanted
        || ["test", "publish", "deploy"].contains(&wanted)
            && found.strip_prefix(wanted).is_some_and(|rest| rest.starts_with([':', '-', '_', '=']))
        || wanted == "publish" && found.starts_with("publish") && !found.contains("local") && !found.contains('/')
        || wanted.starts_with("--") && found.strip_prefix(wanted).is_some_and(|rest| rest == "=true")
}

/// What stands before a command and is none: variables, and what runs others.
fn is_leading(word: &str) -> bool {
    const RUNNERS: &[&str] = &[
        "sudo", "time", "env", "exec", "command", "npx", "pnpm", "yarn", "bunx", "bundle", "poetry", "uv", "run",
        "pipenv", "hatch", "then", "do", "if", "else", "!", "xvfb-run", "timeout", "nice", "python", "python3", "-m",
        "ruby", "-s", "-e", "-x", "sh", "bash", "dlx", "bin", "-", "while", "until", "retry", "script:", "run:", "cmd",
        "pwsh", "call", "mage", "docker", "--rm", "-t", "compose", "npm", "@", "-c", "&&", "--", "x", "corepack",
        "just", "steps:",
    ];
    RUNNERS.contains(&word)
        || word.contains('=')
        || word.starts_with('-')
        || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b's' || byte == b'm')
}

/// The words of a name: `e2e-tests / unit (linux)` has e2e, tests, unit, linux.
fn name_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_alphanumeric() {
            let new = !before.is_alphanumeric() || before.is_lowercase() && c.is_uppercase();
            if new {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    words
}

fn any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

/// What a name may not have to be the name of a test that runs.
const NO_TEST: &[&str] = &[
    "publish",
    "upload",
    "report",
    "reports",
    "pypi",
    "testpypi",
    "comment",
    "results",
    "artifact",
    "artifacts",
    "deploy",
    "release",
    "download",
    "install",
    "setup",
    "cache",
    "prepare",
    "login",
    "checkout",
    "push",
    "skip",
    "image",
    "images",
    "matrix",
    "plan",
    "generate",
    "collect",
    "summary",
    "notify",
    "configure",
    "create",
    "cleanup",
    "delete",
    "clean",
    "save",
    "clone",
    "restore",
    "get",
    "print",
    "show",
    "determine",
    "set",
    "environment",
    "data",
    "package",
    "packages",
];

/// Words with which the name of something other than a test begins.
const NO_TEST_FIRST: &[&str] = &[
    "check", "ensure", "find", "list", "add", "make", "validate", "update", "split", "start", "stop", "wait", "enable",
    "disable", "reject", "select", "write", "copy", "trigger", "build", "compile", "lint", "format",
];

/// Whether a name says that tests run.
fn named_test(name: &str) -> bool {
    let words = name_words(name);
    let both = any(&words, &["and"]) || name.contains('&');
    if any(&words, NO_TEST)
        || words.first().is_some_and(|first| NO_TEST_FIRST.contains(&first.as_str()) && !both && words.len() > 1)
    {
        return false;
    }
    any(&words, &["test", "tests", "testing", "e2e", "unittest", "unittests", "pytest", "testsuite"])
        || any(&words, &["integration", "unit", "acceptance"]) && any(&words, &["suite", "check", "checks"])
}

/// Whether a step tests: asked often, and told once.
pub(super) fn step_tests(step: &Step) -> bool {
    *step.tests.get_or_init(|| tests(step))
}

fn tests(step: &Step) -> bool {
    let action = step.uses.as_str();
    if !action.is_empty() {
        let tool = action.rsplit('/').next().unwrap_or_default();
        return any(&name_words(tool), &["test", "tests", "cypress", "pytest", "maestro"])
            && !any(&name_words(action), NO_TEST)
            || ["vstest@", "cypress-io/github-action"].iter().any(|known| action.starts_with(known))
            || action.starts_with("dotnetcorecli@") && step.given.contains("command=test")
            || (action.starts_with("maven@") || action.starts_with("gradle@")) && tests_by_goal(&step.given)
            || named_test(&step.name)
                && !["actions/upload", "actions/download", "actions/setup", "actions/cache", "codecov/"]
                    .iter()
                    .any(|known| action.starts_with(known));
    }
    named_test(&step.name) && !step.commands.is_empty()
        || step.commands.iter().any(|(_, command)| command_tests(command))
}

fn tests_by_goal(given: &str) -> bool {
    given.lines().any(|line| {
        line.strip_prefix("goals=").or_else(|| line.strip_prefix("tasks=")).is_some_and(|goals| {
            goals.split_whitespace().any(|goal| ["test", "verify", "install", "build", "check"].contains(&goal))
        })
    })
}

/// Whether a command runs tests: of a known tool, or a script or target that is called so.
pub(super) fn command_tests(line: &str) -> bool {
    parts(line).any(|part| {
        let words = tokens(part);
        if words.iter().any(|word| {
            ["--no-run", "-dskiptests", "--collect-only", "-dskiptests=true", "--version"].contains(&word.as_str())
        }) {
            return false;
        }
        if words.first().is_some_and(|word| {
            [
                "echo", "cd", "mkdir", "cp", "mv", "rm", "cat", "ls", "curl", "wget", "export", "test", "printf",
                "git", "pip", "apt-get", "apt", "docker",
            ]
            .contains(&word.as_str())
                && !(word == "docker" && words.len() > 2)
        }) {
            return false;
        }
        TESTS.iter().any(|pattern| is(&words, pattern)) || sessions(&words) || runs_script(&words)
    })
}

/// Whether a command runs sessions of tox or nox that test: all, or such as are called after tests or a version of Python.
fn sessions(words: &Cut) -> bool {
    if !is(words, "tox") && !is(words, "nox") {
        return false;
    }
    let mut named = words
        .iter()
        .skip_while(|word| !["-e", "-s", "--session", "--sessions"].contains(&word.as_str()))
        .skip(1)
        .peekable();
    named.peek().is_none() || named.any(|name| name.contains("test") || name.starts_with("py"))
}

/// Whether a command runs a script of the repository that is called after tests, such as `./ci/run-tests.sh`.
fn runs_script(words: &Cut) -> bool {
    let Some(script) = words.iter().find(|word| !is_leading(word)) else { return false };
    let (folder, name) = script.rsplit_once('/').unwrap_or(("", script));
    let is_script = script.starts_with("./")
        || [".sh", ".py", ".rb", ".ps1", ".bat", ".js"].iter().any(|end| name.ends_with(end))
        || ["script", "scripts", "bin", "ci", "hack", "tools", "build"].contains(&folder);
    let stem = name.split('.').next().unwrap_or_default();
    is_script && named_test(stem)
}

/// Whether a job tests: by its name, or by a step.
pub(super) fn job_tests(job: &Job) -> bool {
    (named_test(&job.id) || named_test(&job.title)) && (!job.steps.is_empty() || job.elsewhere) && job.manual.is_none()
        || job.steps.iter().any(step_tests)
}

/// What a step ships with.
pub(super) fn step_ships(step: &Step) -> Option<(u32, Ships)> {
    let known = |list: &[(&str, &'static str)], deploys| {
        let found = list.iter().find(|(name, tool)| !tool.is_empty() && step.uses.contains(name));
        found.map(|(_, tool)| (step.line, Ships { tool, deploys }))
    };
    let given = |wanted: &str| step.given.lines().any(|line| line == wanted);
    let starts = |wanted: &str| step.given.lines().any(|line| line.starts_with(wanted));
    let dry = step.given.contains("--snapshot") || step.given.contains("--dry-run");
    if step.uses.contains("goreleaser/goreleaser-action") {
        let releases =
            step.given.lines().any(|line| line.strip_prefix("args=").is_some_and(|args| args.contains("release")));
        return (releases && !dry).then_some((step.line, Ships { tool: "goreleaser", deploys: false }));
    }
    if step.uses.contains("docker/build-push-action") || step.uses.contains("docker/bake-action") {
        return (given("push=true") || starts("push=${{"))
            .then_some((step.line, Ships { tool: "docker build-push", deploys: false }));
    }
    if step.uses.contains("changesets/action") {
        return starts("publish=").then_some((step.line, Ships { tool: "changeset publish", deploys: false }));
    }
    if step.uses.starts_with("docker@") {
        return step
            .given
            .contains("command=push")
            .then_some((step.line, Ships { tool: "Docker task", deploys: false }))
            .or_else(|| {
                step.given
                    .contains("command=buildandpush")
                    .then_some((step.line, Ships { tool: "Docker task", deploys: false }))
            });
    }
    if step.uses.starts_with("nugetcommand@") || step.uses.starts_with("dotnetcorecli@") {
        return step
            .given
            .contains("command=push")
            .then_some((step.line, Ships { tool: "nuget push", deploys: false }));
    }
    if step.uses.contains("pypa/gh-action-pypi-publish") && step.given.contains("test.pypi.org") {
        return None;
    }
    if let Some(found) = known(PUBLISHING_ACTIONS, false).or_else(|| known(DEPLOYING_ACTIONS, true)) {
        return Some(found);
    }
    step.commands.iter().find_map(|(line, command)| Some((*line, command_ships(command)?)))
}

/// What a command ships with. What only tries it out ships nothing.
pub(super) fn command_ships(line: &str) -> Option<Ships> {
    const DRY: &[&str] = &[
        "--dry-run",
        "--dryrun",
        "--snapshot",
        "--help",
        "--dry-run=client",
        "--dry-run=server",
        "--version",
        "--check",
        "--dry-run=true",
        "--skip-publish",
        "-n",
        "--no-execute",
        "testpypi",
    ];
    parts(line).find_map(|part| {
        let words = tokens(part);
        if words.first().is_some_and(|word| ["echo", "printf", "cat", "grep", "which"].contains(&word.as_str()))
            || words.iter().any(|word| DRY.contains(&word.as_str()) || word.contains("test.pypi.org"))
            || words.iter().any(|word| word.contains("localhost:") || word.contains("kind-registry"))
        {
            return None;
        }
        let find = |list: &[(&str, &'static str)], deploys| {
            let found = list.iter().find(|(pattern, _)| is(&words, pattern));
            found.map(|(_, tool)| Ships { tool, deploys })
        };
        find(PUBLISHES, false).or_else(|| find(DEPLOYS, true)).or_else(|| ships_by_script(&words))
    })
}

/// A script of the repository that is called after publishing or deploying.
fn ships_by_script(words: &Cut) -> Option<Ships> {
    const RUN_BY: &[&str] = &["node", "tsx", "ts-node", "deno", "bun"];
    let script = words.iter().find(|word| !is_leading(word) && !RUN_BY.contains(&word.as_str()))?;
    let (_, name) = script.rsplit_once('/')?;
    let stem = name.split('.').next().unwrap_or_default();
    let said = name_words(stem);
    if any(&said, &["test", "tests", "check", "docs", "notes", "prepare", "local", "changelog"]) {
        None
    } else if any(&said, &["publish"]) {
        Some(Ships { tool: "a script that publishes, by its name", deploys: false })
    } else if any(&said, &["deploy"]) {
        Some(Ships { tool: "a script that deploys, by its name", deploys: true })
    } else {
        None
    }
}

/// Whether a name is of something other than a release: what a request shows, what is built every night, a page of documents.
pub(super) fn is_no_release(name: &str) -> bool {
    any(
        &name_words(name),
        &[
            "docs",
            "doc",
            "documentation",
            "pages",
            "website",
            "site",
            "storybook",
            "preview",
            "previews",
            "nightly",
            "nightlies",
            "snapshot",
            "snapshots",
            "edge",
            "bleeding",
            "unstable",
            "dev",
            "development",
            "ci",
            "cache",
            "benchmark",
            "benchmarks",
            "bench",
            "fork",
            "test",
            "tests",
            "e2e",
            "testing",
            "devcontainer",
            "wiki",
            "demo",
            "experimental",
            "sandbox",
            "backport",
            "coverage",
            "example",
            "examples",
            "kind",
            "review",
            "latest",
            "weekly",
            "daily",
            "lint",
            "qa",
            "devel",
        ],
    )
}

/// Whether a job or its environment is called after going out in parts.
pub(super) fn staged(names: &[&str]) -> Option<crate::model::ControlKind> {
    use crate::model::ControlKind::{BlueGreen, Canary, FeatureFlag};
    let words: Vec<String> = names.iter().flat_map(|name| name_words(name)).collect();
    let follow = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
    if any(&words, &["canary", "canaries"]) {
        Some(Canary)
    } else if any(&words, &["bluegreen"]) || follow("blue", "green") {
        Some(BlueGreen)
    } else if follow("feature", "flag")
        || follow("feature", "flags")
        || any(&words, &["launchdarkly", "unleash", "flagsmith"])
    {
        Some(FeatureFlag)
    } else {
        None
    }
}

/// Whether a name is that of a look at what was just deployed.
pub(super) fn named_smoke(name: &str) -> bool {
    let words = name_words(name);
    let follow = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
    any(&words, &["smoke", "smoketest", "smoketests", "healthcheck", "synthetic", "synthetics"])
        || follow("health", "check")
        || (follow("verify", "deployment")
            || follow("verify", "deploy")
            || follow("post", "deploy")
            || follow("verify", "release"))
        || follow("verify", "released")
}

/// Whether a name is that of a way back.
pub(super) fn named_back(name: &str) -> bool {
    let words = name_words(name);
    any(&words, &["rollback", "rollbacks", "rollbacking", "yank", "unpublish"])
        || words.windows(2).any(|pair| ["roll", "rolling"].contains(&pair[0].as_str()) && pair[1] == "back")
        || words
            .windows(2)
            .any(|pair| pair[0] == "revert" && ["release", "deploy", "deployment"].contains(&pair[1].as_str()))
}

/// Whether a name is that of a check for times at which nothing is released.
pub(super) fn named_window(name: &str) -> bool {
    let words = name_words(name);
    let follow = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
    follow("freeze", "check")
        || follow("check", "freeze")
        || follow("code", "freeze")
        || follow("deploy", "freeze")
        || follow("deployment", "freeze")
        || follow("change", "window")
        || follow("release", "window")
        || follow("deploy", "window")
        || follow("deployment", "window")
        || follow("business", "hours")
}

/// Whether a name is that of a step at which somebody says go.
pub(super) fn named_approval(name: &str) -> bool {
    any(&name_words(name), &["approve", "approval", "approvals", "gate", "confirm", "hold", "promote", "signoff"])
}

/// How a command goes back.
pub(super) fn command_back(line: &str) -> Option<&'static str> {
    parts(line).find_map(|part| {
        let words = tokens(part);
        let dry = words.first().is_some_and(|word| ["echo", "printf"].contains(&word.as_str()));
        GOES_BACK.iter().filter(|_| !dry).find(|(pattern, _)| is(&words, pattern)).map(|(_, tool)| *tool)
    })
}

/// The first of a list that a step or job is about: in its action, its commands or its name.
fn about(step: &Step, list: &'static [&'static str]) -> Option<&'static str> {
    let in_words = |text: &str, wanted: &str| {
        let words: Vec<String> = text
            .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let wanted: Vec<&str> = wanted.split(' ').collect();
        words.windows(wanted.len()).any(|found| found.iter().zip(&wanted).all(|(found, wanted)| found == wanted))
    };
    let action = |wanted: &str| {
        let parts = step.uses.split('/');
        parts.clone().any(|part| {
            part == wanted
                || part.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('-'))
                || part.strip_suffix("-action") == Some(wanted)
        }) || name_words(&step.uses).iter().any(|word| word == wanted)
    };
    // Cut into words once, for all that is looked for.
    let commands: Vec<Cut> = step
        .commands
        .iter()
        .flat_map(|(_, command)| parts(command))
        .map(tokens)
        .filter(|words| !words.is_empty())
        .collect();
    let runs = |wanted: &str| {
        commands.iter().any(|words| {
            let said =
                ["echo", "printf", "pip", "pip3", "npm", "apt-get", "brew", "curl", "go"].contains(&words[0].as_str());
            (!said || wanted.starts_with(words[0].as_str())) && is(words, wanted)
        })
    };
    list.iter()
        .copied()
        .find(|wanted| action(wanted) || runs(wanted) || in_words(&step.name, wanted) && step.uses.is_empty())
}

/// What a step scans with.
pub(super) fn step_scans(step: &Step) -> Option<&'static str> {
    let setup = step.uses.contains("upload-") || step.uses.contains("/setup-");
    about(step, SCANS).filter(|_| !setup)
}

/// What a step compares contracts with.
pub(super) fn step_contracts(step: &Step) -> Option<&'static str> {
    about(step, CONTRACTS)
}

/// What a step asks the type of a change with.
pub(super) fn step_types(step: &Step) -> Option<&'static str> {
    const KNOWN: &[(&str, &str)] = &[
        ("action-semantic-pull-request", "titles of requests"),
        ("commitlint", "commitlint"),
        ("pr-title-checker", "titles of requests"),
        ("action-pr-title", "titles of requests"),
        ("conventional-pr-title", "titles of requests"),
        ("conventional-commits", "conventional commits"),
        ("verify-pr-title", "titles of requests"),
    ];
    let runs = step.commands.iter().any(|(_, command)| parts(command).any(|part| is(&tokens(part), "commitlint")));
    KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, what)| *what).or(runs.then_some("commitlint"))
}

/// What a step asks of a change beside.
pub(super) fn step_rules(step: &Step) -> Option<&'static str> {
    let runs = step.commands.iter().any(|(_, command)| parts(command).any(|part| is(&tokens(part), "danger")));
    if step.uses.contains("danger/danger") || step.uses.ends_with("/danger-js") || runs {
        Some("danger")
    } else if step.uses.contains("size-label") || step.uses.contains("pr-size") {
        Some("labels of size")
    } else {
        None
    }
}

/// The tool that makes the releases in a step.
pub(super) fn step_automates(step: &Step) -> Option<&'static str> {
    const KNOWN: &[(&str, &str)] = &[
        ("release-please-action", "release-please"),
        ("changesets/action", "changesets"),
        ("cycjimmy/semantic-release-action", "semantic-release"),
        ("release-plz/action", "release-plz"),
        ("goreleaser/goreleaser-action", "goreleaser"),
        ("jreleaser/release-action", "jreleaser"),
    ];
    const COMMANDS: &[(&str, &str)] = &[
        ("semantic-release", "semantic-release"),
        ("release-please", "release-please"),
        ("goreleaser release", "goreleaser"),
        ("dist host", "dist"),
        ("release-plz release", "release-plz"),
    ];
    let action = KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, tool)| *tool);
    let dry = step.given.contains("install-only=true") || step.given.contains("--snapshot");
    action.filter(|_| !dry).or_else(|| {
        step.commands.iter().find_map(|(_, command)| {
            parts(command).find_map(|part| {
                let words = tokens(part);
                let only = words
                    .iter()
                    .any(|word| ["--snapshot", "--version", "--help", "--dry-run"].contains(&word.as_str()));
                COMMANDS.iter().filter(|_| !only).find(|(pattern, _)| is(&words, pattern)).map(|(_, tool)| *tool)
            })
        })
    })
}

/// Whether a command ends well whatever happens.
pub(super) fn cannot_fail(command: &str) -> bool {
    let joined: String = command.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = joined.trim_end_matches([';', ')', '"', '\'']).trim_end();
    ["|| true", "|| :", "|| exit 0", "|| /bin/true", "||true"].iter().any(|end_of| end.ends_with(end_of))
}

/// Whether a name in a condition is a machine's.
pub(super) fn is_machine(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("[bot]")
        || ["bot", "dependabot", "renovate", "ci", "github-actions", "automation", "jenkins"].contains(&lower.as_str())
        || ["-bot", "_bot", "bot", "-ci", "-automation"].iter().any(|end| lower.ends_with(end))
}

/// The names that a condition asks for with `==`, behind one of these variables.
pub(super) fn named_people(condition: &str, variables: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for variable in variables {
        for (at, _) in condition.match_indices(variable) {
            let rest = condition[at + variable.len()..].trim_start();
            let Some(rest) = rest.strip_prefix("==") else { continue };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else { continue };
            let Some(name) = rest[1..].split(quote).next().filter(|name| !name.is_empty() && name.len() <= 100) else {
                continue;
            };
            if !is_machine(name) && !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

/// A name as it may be quoted; what looks like a secret, or is longer than a name, is not.
pub(super) fn quotable(name: &str) -> String {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if looks_secret(&name) {
        return "(not quoted: it looks like a secret)".to_owned();
    }
    if name.chars().count() > LONGEST_NAME {
        return format!("{}…", name.chars().take(LONGEST_NAME).collect::<String>());
    }
    name
}

/// A path as it may be quoted.
pub(super) fn quotable_path(path: &str) -> &str {
    if looks_secret(path) { "(a path that is not quoted: it looks like a secret)" } else { path }
}

/// Longest name that is quoted as a whole.
const LONGEST_NAME: usize = 60;

/// Whether a word of a text is one that a machine made and somebody has to keep for themselves.
pub(super) fn looks_secret(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "sk-",
        "sk_live_",
        "akia",
        "asia",
        "npm_",
        "pypi-",
        "aiza",
        "ya29.",
        "eyj",
        "hf_",
        "dop_v1_",
        "shpat_",
        "-----begin",
    ];
    let lower_text = text.to_ascii_lowercase();
    if ["password=", "passwd=", "token=", "secret=", "apikey=", "api_key=", "password:", "token:", "secret:"]
        .iter()
        .any(|mark| lower_text.find(mark).is_some_and(|at| text[at + mark.len()..].trim_start().len() > 3))
    {
        return true;
    }
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | ',' | ';' | '/' | '@')).any(|word| {
        let lower = word.to_ascii_lowercase();
        let odd = word.bytes().filter(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).count();
        if word.len() >= 16 && odd >= 4 && MARKS.iter().any(|mark| lower.starts_with(mark)) {
            return true;
        }
        // Long, and of letters and digits mixed as no word is.
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
        let small = word.bytes().filter(u8::is_ascii_lowercase).count();
        word.len() >= 24
            && !word.contains('.')
            && digits >= 4
            && (upper >= 4 && small >= 4 || word.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ships(command: &str) -> Option<&'static str> {
        command_ships(command).map(|ships| ships.tool)
    }

    #[test]
    fn commands_that_ship() {
        for (command, tool) in [
            ("npm publish --access public", "npm publish"),
            ("NODE_AUTH_TOKEN=x npm publish", "npm publish"),
            ("pnpm -r publish", "pnpm publish"),
            ("sudo docker push example/app:latest", "docker push"),
            ("docker buildx build --platform linux/amd64 --push .", "docker build --push"),
            ("set -e; cargo publish -p a && cargo publish -p b", "cargo publish"),
            ("python -m twine upload dist/*", "twine upload"),
            ("mvn -B -DskipTests deploy", "mvn deploy"),
            ("./gradlew build publishToSonatype", "gradle publish"),
            ("helm upgrade --install app ./chart", "helm upgrade"),
            ("kubectl --context prod apply -f k8s", "kubectl apply"),
            ("bundle exec cap production deploy", "cap deploy"),
            ("npx semantic-release", "semantic-release"),
            ("node ./scripts/publish.ts", "a script that publishes, by its name"),
        ] {
            assert_eq!(ships(command), Some(tool), "{command}");
        }
        for command in [
            "echo npm publish",
            "npm publish --dry-run",
            "npm run build",
            "twine upload --repository testpypi dist/*",
            "docker push localhost:5000/app",
            "cargo publish --dry-run",
            "goreleaser release --snapshot --clean",
            "./gradlew publishToMavenLocal",
            "grep 'npm publish' README.md",
            "git push",
            "docker pull x",
        ] {
            assert_eq!(ships(command), None, "{command}");
        }
    }

    #[test]
    fn commands_that_test() {
        for command in [
            "cargo test --all",
            "cargo +nightly test",
            "npm run test:unit",
            "go test ./...",
            "python -m pytest -x",
            "make -j4 test",
            "./ci/run-build-and-tests.sh",
            "bundle exec rspec",
            "script/test",
            "mvn -B verify",
            "CI=1 yarn test",
            "nox -s test-3.12",
            "tox",
        ] {
            assert!(command_tests(command), "{command}");
        }
        for command in [
            "echo running tests",
            "test -f x",
            "cargo build",
            "cargo test --no-run",
            "mvn -DskipTests verify",
            "git checkout test",
            "nox -s docs",
            "tox -e lint",
            "cd tests",
            "npm install jest",
            "./upload-test-results.sh",
        ] {
            assert!(!command_tests(command), "{command}");
        }
    }

    #[test]
    fn names_of_tests() {
        for name in [
            "test",
            "Run tests",
            "unit-tests",
            "e2e",
            "Build and test",
            "test:linux",
            "integration test (docker)",
            "smokeTest",
        ] {
            assert!(named_test(name), "{name}");
        }
        for name in [
            "Ensure dev/test gems are installed",
            "Build ct-test-srv container",
            "Check Packse scenario tests",
            "Reject committed working files and specs",
            "Upload test results",
            "latest",
            "clone test repo",
            "attest",
        ] {
            assert!(!named_test(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_quoted() {
        for secret in [
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "deploy with AKIAIOSFODNN7EXAMPLE",
            "password=hunter2",
            "d41d8cd98f00b204e9800998ecf8427e0000",
            "aB3dE5fG7hJ9kL1mN3pQ5rS7",
        ] {
            assert!(quotable(secret).starts_with("(not quoted"), "{secret}");
        }
        for name in [
            "deploy-to-production",
            "Build and test (ubuntu-latest, stable)",
            "publish_pypi_wheels_manylinux2014",
            "pypi-publish-uv-build",
            "v1.2.3",
        ] {
            assert_eq!(quotable(name), name);
        }
    }

    #[test]
    fn people_in_conditions() {
        let people = |condition| named_people(condition, &["github.actor", "github.triggering_actor"]);
        assert_eq!(people("github.actor == 'ana' || github.actor == 'bo'"), ["ana", "bo"]);
        assert!(people("github.actor != 'ana'").is_empty());
        assert!(people("github.actor == 'dependabot[bot]' || github.actor == 'k8s-ci-robot-bot'").is_empty());
    }
}
