//! What `install` and `uninstall` take, as values.

use std::path::PathBuf;

use dhow_model::{GitReference, SourceId};
use semver::{Comparator, Op, Version, VersionReq};
use url::Url;

use crate::install_error::InstallError;
use crate::options::CompileOptions;

/// A package by its name, perhaps with a requirement: `NAME[@VERSION]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateSpec {
    /// Its name, as typed.
    pub name: String,
    /// Which versions will do.
    pub req: Option<VersionReq>,
}

/// Where packages to install come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstallFrom {
    /// `--registry NAME`, or the default registry.
    Registry(Option<String>),
    /// `--index URL`
    Index(String),
    /// `--path DIR`, absolute.
    Path(PathBuf),
    /// Nothing was named: the directory in which the command was started.
    CurrentDirectory,
    /// `--git URL`
    Git(GitSource),
}

/// `--git URL [--branch NAME | --tag NAME | --rev REV]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSource {
    /// The repository.
    pub url: String,
    /// `--branch`
    pub branch: Option<String>,
    /// `--tag`
    pub tag: Option<String>,
    /// `--rev`
    pub rev: Option<String>,
}

impl GitSource {
    /// The source that this names.
    pub(crate) fn source(&self) -> Result<SourceId, InstallError> {
        let url = Url::parse(&self.url)
            .map_err(|source| InstallError::BadRepository { url: self.url.clone(), source })?;
        let reference = match (&self.branch, &self.tag, &self.rev) {
            (Some(branch), _, _) => GitReference::Branch(branch.clone()),
            (_, Some(tag), _) => GitReference::Tag(tag.clone()),
            (_, _, Some(rev)) => GitReference::Rev(rev.clone()),
            (None, None, None) => GitReference::DefaultBranch,
        };
        Ok(SourceId::for_git(url, reference))
    }
}

/// All that decides what `install` does.
#[derive(Clone, Debug)]
pub struct InstallOptions {
    /// Which packages; none: the one that is there.
    pub packages: Vec<CrateSpec>,
    /// Where they come from.
    pub from: InstallFrom,
    /// `--root`
    pub root: Option<PathBuf>,
    /// `--force`
    pub force: bool,
    /// `--no-track`
    pub no_track: bool,
    /// How they are compiled. The profile is named.
    pub compile: CompileOptions,
}

/// All that decides what `uninstall` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UninstallOptions {
    /// Package ID specifications; none: the package of the current directory.
    pub specs: Vec<String>,
    /// `--bin`: only these programs.
    pub bins: Vec<String>,
    /// `--root`
    pub root: Option<PathBuf>,
}

/// What is no package or no version on the command line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum CrateSpecError {
    #[error("there is no name of a package before the `@`")]
    NoName,
    #[error("the name of the package is empty")]
    Empty,
    #[error("the version is empty")]
    NoVersion,
    #[error("`{text}` is no version; try `{without}`")]
    LetterV { text: String, without: String },
    #[error(
        "`{0}` is not a version requirement: `^1.2`, `~1.2.3`, `>=1, <3` or `1.*` are (for more see \
         https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html)"
    )]
    NotAReq(String),
    #[error("`{text}` is not a version: {reason}{}", if *.is_req { format!("\n\n  tip: for any version that fits write `^{text}`") } else { String::new() })]
    NotAVersion { text: String, reason: String, is_req: bool },
}

impl CrateSpec {
    /// `NAME` or `NAME@VERSION`. Whether the name is one shows later.
    ///
    /// # Errors
    /// There is no name, or what follows the `@` is no version.
    pub fn parse(text: &str) -> Result<Self, CrateSpecError> {
        match text.split_once('@') {
            Some(("", _)) => Err(CrateSpecError::NoName),
            Some((name, version)) => {
                Ok(Self { name: name.to_owned(), req: Some(parse_version_req(version)?) })
            }
            None if text.is_empty() => Err(CrateSpecError::Empty),
            None => Ok(Self { name: text.to_owned(), req: None }),
        }
    }
}

/// A version as the command line has it: without an operator that version and no other.
///
/// # Errors
/// It is neither a version nor a requirement.
pub fn parse_version_req(text: &str) -> Result<VersionReq, CrateSpecError> {
    let Some(first) = text.chars().next() else { return Err(CrateSpecError::NoVersion) };
    if let Some(without) = text.strip_prefix('v') {
        return Err(CrateSpecError::LetterV { text: text.to_owned(), without: without.to_owned() });
    }
    if "<>=^~".contains(first) || text.contains('*') {
        return VersionReq::parse(text).map_err(|_| CrateSpecError::NotAReq(text.to_owned()));
    }
    match Version::parse(text.trim()) {
        Ok(version) => Ok(exactly(version)),
        Err(error) => Err(CrateSpecError::NotAVersion {
            text: text.to_owned(),
            reason: error.to_string(),
            is_req: VersionReq::parse(text).is_ok(),
        }),
    }
}

fn exactly(version: Version) -> VersionReq {
    let only = Comparator {
        op: Op::Exact,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre,
    };
    VersionReq { comparators: vec![only] }
}

/// Whether only one version fits.
pub(crate) fn is_exact(req: &VersionReq) -> bool {
    matches!(req.comparators.as_slice(), [only] if only.op == Op::Exact && only.patch.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_without_an_operator_are_exact() {
        let check = |text: &str, expect: &str| {
            assert_eq!(parse_version_req(text).expect("parses").to_string(), expect, "{text}");
        };
        check("1.2.3", "=1.2.3");
        check("1.2.3-rc.1+build", "=1.2.3-rc.1");
        check("^1.2", "^1.2");
        check("~1", "~1");
        check(">=1, <2", ">=1, <2");
        check("1.*", "1.*");
        check("*", "*");
    }

    #[test]
    fn what_is_no_version_says_why() {
        let error = |text: &str| parse_version_req(text).expect_err("is none").to_string();
        assert!(error("1.2").contains("`^1.2`"), "{}", error("1.2"));
        assert!(!error("one").contains("tip"), "{}", error("one"));
        assert!(error("v1.2.3").contains("`1.2.3`"));
        assert_eq!(parse_version_req(""), Err(CrateSpecError::NoVersion));
        assert_eq!(parse_version_req("^x"), Err(CrateSpecError::NotAReq("^x".into())));
    }

    #[test]
    fn packages_may_come_with_a_version() {
        let spec = CrateSpec::parse("tool@=1.0").expect("parses");
        assert_eq!((spec.name.as_str(), spec.req.map(|req| req.to_string())), ("tool", Some("=1.0".into())));
        assert_eq!(CrateSpec::parse("tool").expect("parses").req, None);
        assert_eq!(CrateSpec::parse("@1.0.0"), Err(CrateSpecError::NoName));
        assert_eq!(CrateSpec::parse("tool@"), Err(CrateSpecError::NoVersion));
        assert!(is_exact(&VersionReq::parse("=1.0.0").expect("a requirement")));
        assert!(!is_exact(&VersionReq::parse("=1.0").expect("a requirement")));
    }
}
