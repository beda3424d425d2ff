//! Real tags, as people mean them.

use super::{TagName, TagReading, Version};

/// tag, component, version; a `~` before the version marks a pre-release.
const READ: &[(&str, &str, &str)] = &[
    ("v1.2.3", "root", "1.2.3"),
    ("1.2", "root", "1.2"),
    ("V2.0.0", "root", "2.0.0"),
    ("release-1.20.1", "root", "1.20.1"),
    ("release/1.20.1", "root", "1.20.1"),
    ("rel_1_2_3", "root", "1.2.3"),
    ("version-4.2", "root", "4.2"),
    ("r1.5.0", "root", "1.5.0"),
    ("v1", "root", "1"),
    ("233", "root", "233"),
    ("curl-8_4_0", "curl", "8.4.0"),
    ("curl-7_10_8-pre3", "curl", "~7.10.8"),
    ("rc-8_17_0-1", "root", "~8.17.0-1"),
    ("tokio-1.38.2", "tokio", "1.38.2"),
    ("tokio-util-0.7.1", "tokio-util", "0.7.1"),
    ("tokio-v0.2.0-alpha.1", "tokio", "~0.2.0"),
    ("@remix-run/node@1.2.3", "@remix-run/node", "1.2.3"),
    ("@tools/web@2.0.0-beta.1", "@tools/web", "~2.0.0"),
    ("pkg@1.2.3", "pkg", "1.2.3"),
    ("cargo-smart-release-v0.9.0", "cargo-smart-release", "0.9.0"),
    ("release-v1.2.3", "root", "1.2.3"),
    ("release/version-v1.2.3", "root", "1.2.3"),
    ("app-release-1.2.3", "app", "1.2.3"),
    ("v2.0.0_PR", "root", "~2.0.0"),
    ("@remix-run/dev@2.17.4", "@remix-run/dev", "2.17.4"),
    ("@remix-run/dev@2.0.0-pre.1", "@remix-run/dev", "~2.0.0"),
    ("next@13.4.0", "next", "13.4.0"),
    ("@scope/test@v1.2.3", "@scope/test", "1.2.3"),
    ("internal/test/v1.2.3", "internal/test", "1.2.3"),
    ("test/v1.2.3", "root", "~1.2.3"),
    ("nightly-2024-05-01", "root", "~2024-05-01"),
    ("app-beta-1.2.3", "app", "~1.2.3"),
    ("7zip-21.07", "7zip", "21.7"),
    ("3d-engine-1.0", "3d-engine", "1.0"),
    ("v8-10.2.154", "v8", "10.2.154"),
    ("foo-2-1.2.3", "foo-2", "1.2.3"),
    ("2-foo", "", "no"),
    ("v3-rc.1.2", "root", "~3"),
    ("release-1.29.4", "root", "1.29.4"),
    ("tiny-curl-8_4_0", "tiny-curl", "8.4.0"),
    ("curl-7_84_0-prepipeline", "", "no"),
    ("before_urldata_rename", "", "none"),
    ("homu-tmp", "", "none"),
    ("gitgui-0.6.4", "gitgui", "0.6.4"),
    ("2021.02.04-1", "root", "2021-02-04-1"),
    ("etcdutl/v3.6.0-alpha.0", "etcdutl", "~3.6.0"),
    ("V_8_9_P1", "root", "8.9-1"),
    ("remix@3.0.0-beta.10", "remix", "~3.0.0"),
    ("remix@0.0.0-nightly-5f1e3a2-20240101", "remix", "~0.0.0"),
    ("v0.0.0-experimental-0a1b2c3d4", "root", "~0.0.0"),
    ("server/v3.5.0", "server", "3.5.0"),
    ("api/v3.6.0-rc.1", "api", "~3.6.0"),
    ("client/pkg/v3.5.4", "client/pkg", "3.5.4"),
    ("prod/2024-05-01", "prod", "2024-05-01"),
    ("prod/2024-05-01.2", "prod", "2024-05-01-2"),
    ("deploy-20240501-1", "deploy", "2024-05-01-1"),
    ("deploy-202405011230", "deploy", "2024-05-01-12-30"),
    ("deploy-20240501123059", "deploy", "2024-05-01-12-30-59"),
    ("2026.08.19", "root", "2026-08-19"),
    ("2026.08.19.1", "root", "2026-08-19-1"),
    ("2024.5.1", "root", "2024.5.1"),
    ("2024_05_01", "root", "2024-05-01"),
    ("26.2.1", "root", "26.2.1"),
    ("22.03", "root", "22.3"),
    ("go1.21", "go", "1.21"),
    ("go1.21rc2", "go", "~1.21"),
    ("go1.4beta1", "go", "~1.4"),
    ("REL9_6", "root", "9.6"),
    ("REL_16_1", "root", "16.1"),
    ("REL_16_BETA1", "root", "~16"),
    ("OpenSSL_1_0_2u", "OpenSSL", "1.0.2-21"),
    ("openssl-3.0.1", "openssl", "3.0.1"),
    ("log4j-2.17.1", "log4j", "2.17.1"),
    ("sha2-v0.10.8", "sha2", "0.10.8"),
    ("h2-0.3.1", "h2", "0.3.1"),
    ("k8s-1.2.3", "k8s", "1.2.3"),
    ("python3-1.2", "python3", "1.2"),
    ("v8.0.0.beta1", "root", "~8.0.0"),
    ("v8.0.5.1", "root", "8.0.5.1"),
    ("v3.0.0.beta.2", "root", "~3.0.0"),
    ("v4.2.0.rc1", "root", "~4.2.0"),
    ("v2.3.8.pre1", "root", "~2.3.8"),
    ("3.0.0a1", "root", "~3.0.0"),
    ("3.12.0b4", "root", "~3.12.0"),
    ("3.0.0a", "root", "3.0.0-1"),
    ("v2.55.0-rc1", "root", "~2.55.0"),
    ("v1.0rc4", "root", "~1.0"),
    ("v0.99.9n", "root", "0.99.9-14"),
    ("v9.2.0995", "root", "9.2.995"),
    ("v7.4a.001", "root", "7.4-1-1"),
    ("0.99.0", "root", "0.99.0"),
    ("jenkins-2.400", "jenkins", "2.400"),
    ("1.0.0.Final", "root", "1.0.0"),
    ("4.1.0.M1", "root", "~4.1.0"),
    ("4.1.0-M2", "root", "~4.1.0"),
    ("2.0.0.PR1", "root", "~2.0.0"),
    ("4.3.0.RELEASE", "root", "4.3.0"),
    ("5.0.0.GA", "root", "5.0.0"),
    ("1.8.5-SP1", "root", "1.8.5-1"),
    ("1.2.3-hotfix.1", "root", "1.2.3-1"),
    ("1.2.3-1", "root", "1.2.3-1"),
    ("1.2.3-p4", "root", "1.2.3-4"),
    ("v1_9_3_551", "root", "1.9.3.551"),
    ("1.0.post1", "root", "1.0-1"),
    ("1.0.dev0", "root", "~1.0"),
    ("1.2.3+build.5", "root", "1.2.3"),
    ("1.2.3-rc.1+build.5", "root", "~1.2.3"),
    ("1.2.3+rc1", "root", "1.2.3"),
    ("1.0.0-stable", "root", "1.0.0"),
    ("20.0-lts", "root", "20.0"),
    ("v1.0.0-preview.3", "root", "~1.0.0"),
    ("v1.0.0-canary.12", "root", "~1.0.0"),
    ("v15.0.0-next.3", "root", "~15.0.0"),
    ("1.0-SNAPSHOT", "root", "~1.0"),
    ("1.0.0-ea.4", "root", "~1.0.0"),
    ("v2-rc1", "root", "~2"),
    ("gix-v0.57.0", "gix", "0.57.0"),
    ("gix-features-v0.35.0", "gix-features", "0.35.0"),
    ("git-delta-0.16.5", "git-delta", "0.16.5"),
    ("cargo-1.2.3", "cargo", "1.2.3"),
    ("release-tokio-1.2", "tokio", "1.2"),
    ("web-2024-05-01", "web", "2024-05-01"),
    ("docker-v1.2.3", "docker", "1.2.3"),
    ("app_v1.2", "app", "1.2"),
    ("app.1.2.3", "app", "1.2.3"),
    ("99999999999999999999999.1", "root", "18446744073709551615.1"),
    ("build-1234", "", "none"),
    ("nightly", "", "none"),
    ("latest", "", "none"),
    ("junio-gpg-pub", "", "none"),
    ("", "", "none"),
    ("--", "", "none"),
    ("release", "", "none"),
    ("1.2.3-foo", "", "no"),
    ("1.2.3-4-gabcdef0", "root", "1.2.3-4"),
    ("v1.0-with-docs", "", "no"),
    ("20240127-113634-bbcac864", "root", "2024-01-27-11-36-34"),
    ("20221119-145034-49b9839f", "root", "2022-11-19-14-50-34"),
    ("20240504-1234567", "root", "2024-05-04"),
    ("20240504-abcdefa", "root", "2024-05-04"),
    ("20240504-1234567-prod", "root", "2024-05-04-1234567"),
    ("v1.2.3-1a2b3c4", "root", "1.2.3"),
    ("v1.2.3-g1a2b3c4", "root", "1.2.3"),
    ("v1.2.3-0123456789abcdef0123456789abcdef01234567", "root", "1.2.3"),
    ("app-1.2.3-49b9839f", "app", "1.2.3"),
    ("1.2.3.49b9839f", "root", "1.2.3"),
    ("1.2.3-rc.1-49b9839f", "root", "~1.2.3"),
    ("release-1234567", "root", "1234567"),
    ("20240520a", "root", "2024-05-20-1"),
    ("release-2024-05-20a", "root", "2024-05-20-1"),
    ("0.5b20240101", "root", "~0.5"),
    ("1.2.3-20240101", "root", "1.2.3-20240101"),
    ("v1.0.1-0", "root", "1.0.1-0"),
    ("2023.07", "root", "2023.7"),
    ("2023.07.01", "root", "2023-07-01"),
    ("20260128.0", "root", "2026-01-28-0"),
    ("20260128.1", "root", "2026-01-28-1"),
    ("PROD-2025-04-13-II", "PROD", "2025-04-13-2"),
    ("2025-04-13-iv", "root", "2025-04-13-4"),
    ("2025-04-13-V", "root", "2025-04-13-5"),
    ("1.2-IX", "root", "1.2-9"),
    ("1.2-IIX", "", "no"),
    ("1.2-V2", "root", "1.2-2"),
    ("jdk-21+35", "jdk", "21+35"),
    ("jdk-21-ga", "jdk", "21"),
    ("jdk-17.0.9+9", "jdk", "17.0.9+9"),
    ("21+31", "root", "21+31"),
    ("8u45-b01", "root", "~8-45"),
    ("0.9.0-incubating", "root", "0.9.0"),
    ("0.9.0-incubating-rc1", "root", "~0.9.0"),
    ("v2.1.2-hf1", "root", "2.1.2-1"),
    ("2024-05-01_10.30-production-deploy", "root", "2024-05-01-10-30"),
    ("2024-05-01_10.30-staging-deploy", "root", "~2024-05-01-10-30"),
    ("2024-05-01T10-30-00Z", "root", "2024-05-01-10-30-00"),
    ("2024-05-01T1030", "root", "2024-05-01-10-30"),
    ("deploy/2024/05/01/1030", "deploy", "2024-05-01-10-30"),
    ("2024-05-01-99", "root", "2024-05-01-99"),
    ("b1234", "root", "1234"),
    ("r5", "root", "5"),
    ("x1234", "", "none"),
    ("app-b1234", "", "none"),
    ("debian/1%2.3.0-1", "debian", "1%2.3.0-1"),
    ("debian/2.3.0+dfsg-2", "debian", "2.3.0-2"),
    ("debian/2.3.0+dfsg1-1_bpo9+1", "debian", "2.3.0-1-9-1"),
    ("debian/252-1", "debian", "252-1"),
    ("ubuntu/1.2.3-0ubuntu2", "ubuntu", "1.2.3-0-2"),
    ("debian/1.0_rc1-1", "debian", "~1.0"),
    ("staging-1.2.3", "root", "~1.2.3"),
    ("qa-2024-05-01", "root", "~2024-05-01"),
    ("uat/v1.2.3", "root", "~1.2.3"),
    ("preprod-20240501", "root", "~2024-05-01"),
    ("pre-prod-1.2.3", "root", "~1.2.3"),
    ("dev-1.2.3", "root", "~1.2.3"),
    ("test-1.2.3", "root", "~1.2.3"),
    ("api-staging-1.2.3", "api", "~1.2.3"),
    ("deploy/qa/2024-05-01", "deploy", "~2024-05-01"),
    ("1.2.3-qa", "root", "~1.2.3"),
    ("1.2.3-production", "root", "1.2.3"),
    ("tokio-test-0.4.1", "tokio", "~0.4.1"),
];

/// What was read of a version: a date joined by dashes, all else by dots; then what follows, and the build.
fn numbers(version: &Version) -> String {
    let epoch = if version.epoch > 0 { format!("{}%", version.epoch) } else { String::new() };
    let part = |number: &u64| if version.date { format!("{number:02}") } else { number.to_string() };
    let joint = if version.date { "-" } else { "." };
    let own = version.numbers.iter().map(part).collect::<Vec<_>>().join(joint);
    let after = version.after.iter().map(|number| format!("-{number}")).collect::<Vec<_>>().concat();
    let build = if version.build > 0 { format!("+{}", version.build) } else { String::new() };
    format!("{epoch}{own}{after}{build}")
}

#[test]
fn real_tags_read_as_people_mean_them() {
    let mut wrong = Vec::new();
    for (tag, component, version) in READ {
        let read = match TagName::read(tag.as_bytes()) {
            TagReading::Version(name) => {
                let mark = if name.prerelease { "~" } else { "" };
                (name.component.clone(), format!("{mark}{}", numbers(&name.version)))
            }
            TagReading::No(super::BAD_SUFFIX) => (String::new(), "no".to_owned()),
            TagReading::No(_) => (String::new(), "none".to_owned()),
        };
        let component = if matches!(*version, "no" | "none") { "" } else { component };
        if (read.0.as_str(), read.1.as_str()) != (component, *version) {
            wrong.push(format!("{tag}: {read:?}, not {component} {version}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn letters_and_suffixes_keep_their_order() {
    let version = |tag: &str| match TagName::read(tag.as_bytes()) {
        TagReading::Version(name) => name.version,
        TagReading::No(why) => panic!("{tag}: {why}"),
    };
    let ascending = ["1.0.1", "1.0.2", "1.0.2t", "1.0.2u", "1.0.3", "1.0.3-1", "1.0.3-2", "1.1", "1.10"];
    for pair in ascending.windows(2) {
        assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
    }
    assert_eq!(version("2.3").key(), version("v2.3.0").key());
}

#[test]
fn names_that_are_no_text_are_told() {
    assert_eq!(TagName::read(b"v1\xff"), TagReading::No("the name is no UTF-8"));
}
