//! Which published packages go through both tools, and how.

/// A package as published; without a version, the newest that this toolchain takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

impl Published {
    /// Reads `name` or `name@version`.
    pub(crate) fn parse(spec: &str) -> Self {
        let (name, version) = match spec.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (spec, None),
        };
        Self { name: name.to_owned(), version }
    }
}

/// What is done with a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Build with the published lock, and run the program of this name.
    Program(&'static str),
    /// Run its tests under both, and compare the counts.
    Tests,
    /// Lock from nothing, `metadata` and `tree` under both.
    Answers,
    /// A hub for it, taken elsewhere.
    Hub,
    /// A package that is on no list: `Answers`, and then a build.
    Newcomer,
}

/// One package and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) package: Published,
    pub(crate) check: Check,
}

const PROGRAMS: [(&str, &str); 10] = [
    ("ripgrep@15.2.0", "rg"),
    ("hyperfine@1.20.0", "hyperfine"),
    ("fd-find@10.5.0", "fd"),
    ("sd@1.0.0", "sd"),
    ("just@1.59.0", "just"),
    ("zoxide@0.10.0", "zoxide"),
    ("tokei@15.0.0", "tokei"),
    ("hexyl@0.17.0", "hexyl"),
    ("eza@0.23.5", "eza"),
    ("bat@0.26.1", "bat"),
];

const LIBRARIES: [&str; 6] =
    ["bytes@1.12.1", "semver@1.0.28", "itoa@1.0.18", "indexmap@2.14.2", "either@1.19.0", "anyhow@1.0.104"];

/// More than the fifteen that have to agree: the registry may move while Cargo runs twice.
const ANSWERS: [&str; 20] = [
    "tokio@1.54.1",
    "serde_json@1.0.154",
    "axum@0.8.9",
    "clap@4.6.7",
    "rand@0.10.3",
    "regex@1.13.1",
    "hyper@1.12.0",
    "syn@3.0.9",
    "anyhow@1.0.104",
    "thiserror@2.0.21",
    "log@0.4.35",
    "chrono@0.4.45",
    "tracing@0.1.44",
    "itertools@0.15.0",
    "rayon@1.12.0",
    "url@2.5.8",
    "time@0.3.55",
    "ripgrep@15.2.0",
    "hyperfine@1.20.0",
    "fd-find@10.5.0",
];

/// The name of this repository's own example.
pub(crate) const EXAMPLE: &str = "async_example";
/// The name of a workspace of published programs, which is made when it is checked.
pub(crate) const WORKSPACE: &str = "workspace";

/// The example, a published program, and a large workspace.
const HUBS: [&str; 3] = [EXAMPLE, "ripgrep@15.2.0", WORKSPACE];

/// Everything on the lists.
pub(crate) fn all() -> Vec<Case> {
    let case = |spec: &str, check| Case { package: Published::parse(spec), check };
    let programs = PROGRAMS.iter().map(|(spec, binary)| case(spec, Check::Program(binary)));
    let libraries = LIBRARIES.iter().map(|spec| case(spec, Check::Tests));
    let answers = ANSWERS.iter().map(|spec| case(spec, Check::Answers));
    let hubs = HUBS.iter().map(|spec| case(spec, Check::Hub));
    programs.chain(libraries).chain(answers).chain(hubs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_names_a_version() {
        let made_here = |case: &Case| [EXAMPLE, WORKSPACE].contains(&case.package.name.as_str());
        assert!(all().iter().all(|case| case.package.version.is_some() || made_here(case)));
        assert_eq!(Published::parse("itoa").version, None);
        let itoa = Published { name: "itoa".into(), version: Some("1.0.0".into()) };
        assert_eq!(Published::parse("itoa@1.0.0"), itoa);
    }
}
