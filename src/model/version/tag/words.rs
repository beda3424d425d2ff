//! The words that people put around versions.

/// Words before a version that name no component.
pub const NOISE: [&str; 5] = ["v", "version", "release", "rel", "r"];

/// Words that may touch the only number of a name: `v1`, `b1234`, `r5`.
pub const TOUCHING: [&str; 7] = ["v", "b", "r", "rel", "release", "ver", "version"];

/// Words of a rehearsal, wherever they stand.
pub const PRERELEASE: [&str; 24] = [
    "alpha",
    "beta",
    "rc",
    "cr",
    "pre",
    "preview",
    "dev",
    "snapshot",
    "nightly",
    "canary",
    "experimental",
    "next",
    "insider",
    "insiders",
    "milestone",
    "eap",
    "ea",
    "test",
    "unstable",
    "edge",
    "wip",
    "prerelease",
    "candidate",
    "devel",
];

/// Letters that make a pre-release only with a number directly behind: `3.0.0a1`, `4.1.0.M1`.
pub const PRERELEASE_LETTERS: [&str; 5] = ["a", "b", "c", "m", "pr"];

/// Places where a release is rehearsed. (`dev` and `test` are places too, but name components as well.)
pub const ENVIRONMENTS: [&str; 9] =
    ["staging", "stage", "stg", "qa", "uat", "preprod", "preproduction", "nonprod", "sandbox"];

/// The place where it counts.
pub const PRODUCTION: [&str; 4] = ["prod", "production", "live", "prd"];

/// Words behind a version that leave it a release: what follows counts its revisions, or says how it was made.
pub const RELEASE: [&str; 44] = [
    "post",
    "p",
    "pl",
    "patch",
    "hotfix",
    "hf",
    "r",
    "rev",
    "final",
    "ga",
    "release",
    "released",
    "stable",
    "lts",
    "ce",
    "sp",
    "sr",
    "fix",
    "bugfix",
    "qf",
    "cu",
    "update",
    "u",
    "v",
    "build",
    "incubating",
    "incubator",
    "deploy",
    "deployed",
    "deployment",
    "rollout",
    "prod",
    "production",
    "live",
    "prd",
    "deb",
    "debian",
    "ubuntu",
    "dfsg",
    "ds",
    "bpo",
    "security",
    "sec",
    "maintenance",
];

/// Words behind a single number that make a version of it even where a component precedes it: `jdk-21-ga`.
pub const FINAL: [&str; 4] = ["ga", "final", "release", "stable"];
