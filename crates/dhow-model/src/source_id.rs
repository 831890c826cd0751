//! Where a package comes from: a registry, a git repository, a directory, and its text form in lock files.
//!
//! The text form is specified in the Cargo book, "Package ID Specifications"; the order decides the order of
//! packages in `Cargo.lock`, and the hash decides directory names in `$CARGO_HOME`.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use cargo_util_schemas::core::{GitReference, SourceKind};
use url::Url;

use crate::interned::InternedString;

/// The URL that stands for crates.io in lock files, whatever protocol serves it.
pub const CRATES_IO_INDEX: &str = "https://github.com/rust-lang/crates.io-index";
/// The URL of crates.io's sparse index, unless configuration replaces it.
pub const CRATES_IO_SPARSE_INDEX: &str = "sparse+https://index.crates.io/";
/// What crates.io says of itself in its `config.json`.
pub const CRATES_IO_CONFIG: &str = r#"{"dl":"https://static.crates.io/crates","api":"https://crates.io"}"#;
/// The name of crates.io in configuration.
pub const CRATES_IO_REGISTRY: &str = "crates-io";

static SOURCES: LazyLock<Mutex<HashSet<&'static Inner>>> = LazyLock::new(Mutex::default);
/// What configuration calls registries that were asked for by name, by their address. Only for showing them.
static NAMES: LazyLock<Mutex<HashMap<usize, InternedString>>> = LazyLock::new(Mutex::default);
static CRATES_IO: LazyLock<SourceId> = LazyLock::new(|| {
    SourceId::parse(&format!("registry+{CRATES_IO_INDEX}")).expect("a constant that parses")
});

/// What makes two sources the same, interned: copied and compared as a pointer.
#[derive(Clone, Copy)]
pub struct SourceId(&'static Inner);

struct Inner {
    kind: SourceKind,
    /// As written by the user; what is shown and stored. Of several spellings the first that was seen.
    url: Url,
    /// As compared: two spellings of one repository are one source.
    canonical: String,
    /// The commit of a git source that a lock file pins.
    precise: Option<String>,
}

/// A source's text that is not in the form `kind+url`.
#[derive(Debug, thiserror::Error)]
pub enum SourceIdError {
    /// No `+` that separates kind and URL.
    #[error(
        "`{0}` does not say what kind of source it is (expected `registry+…`, `sparse+…`, `git+…` or `path+…`)"
    )]
    NoKind(String),
    /// A kind that nobody knows.
    #[error("unknown kind of source `{kind}` in `{text}` (expected `registry`, `sparse`, `git` or `path`)")]
    UnknownKind {
        /// What stands before the `+`.
        kind: String,
        /// The whole text.
        text: String,
    },
    /// Not a URL.
    #[error("`{text}` is not a URL: {reason}{}", suggestion(text))]
    BadUrl {
        /// What should have been a URL.
        text: String,
        /// What the URL parser says.
        reason: url::ParseError,
    },
    /// A URL without a place: `ext::sh`.
    #[error("`{0}` names no place that packages could come from")]
    NoPlace(String),
    /// A path that has no URL, because it is not absolute.
    #[error("`{}` is not an absolute path", .0.display())]
    RelativePath(PathBuf),
}

impl SourceId {
    /// A source of `kind` at `url`. A sparse registry's URL carries its `sparse+` prefix.
    pub fn new(kind: SourceKind, url: Url) -> Self {
        Self::intern(kind, url, None)
    }

    fn intern(kind: SourceKind, url: Url, precise: Option<String>) -> Self {
        let canonical = canonical(&url);
        let inner = Inner { kind, url, canonical, precise };
        let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sources.get(&inner) {
            return Self(known);
        }
        let kept: &'static Inner = Box::leak(Box::new(inner));
        sources.insert(kept);
        Self(kept)
    }

    /// crates.io, as lock files name it.
    pub fn crates_io() -> Self {
        *CRATES_IO
    }

    /// The directory `path`, which must be absolute.
    ///
    /// # Errors
    /// A relative path has no URL.
    pub fn for_path(path: &Path) -> Result<Self, SourceIdError> {
        let url = Url::from_file_path(path).map_err(|()| SourceIdError::RelativePath(path.to_owned()))?;
        Ok(Self::new(SourceKind::Path, url))
    }

    /// A registry by the URL of its index: `sparse+https://…` is sparse, all else is a git index.
    ///
    /// # Errors
    /// The text is not a URL.
    pub fn for_registry(index: &str) -> Result<Self, SourceIdError> {
        let kind =
            if index.starts_with("sparse+") { SourceKind::SparseRegistry } else { SourceKind::Registry };
        Ok(Self::new(kind, parse_url(index.strip_prefix("registry+").unwrap_or(index))?))
    }

    /// The URL of a git repository, as a manifest has it.
    ///
    /// # Errors
    /// The text is not a URL, or one that names no place.
    pub fn parse_git_url(text: &str) -> Result<Url, SourceIdError> {
        let url = parse_url(text)?;
        if url.cannot_be_a_base() { Err(SourceIdError::NoPlace(text.to_owned())) } else { Ok(url) }
    }

    /// A git repository at `reference`.
    pub fn for_git(url: Url, reference: GitReference) -> Self {
        Self::new(SourceKind::Git(reference), url)
    }

    /// The text form that lock files and `cargo metadata` carry: see [`Self::lock_string`].
    ///
    /// # Errors
    /// Text that is not of the form `kind+url`.
    pub fn parse(text: &str) -> Result<Self, SourceIdError> {
        let (kind, url) = text.split_once('+').ok_or_else(|| SourceIdError::NoKind(text.to_owned()))?;
        match kind {
            "registry" => Ok(Self::new(SourceKind::Registry, parse_url(url)?)),
            "sparse" => Ok(Self::new(SourceKind::SparseRegistry, parse_url(text)?)),
            "path" => Ok(Self::new(SourceKind::Path, parse_url(url)?)),
            "git" => Ok(parse_git(parse_url(url)?)),
            "local-registry" => Ok(Self::new(SourceKind::LocalRegistry, parse_url(url)?)),
            "directory" => Ok(Self::new(SourceKind::Directory, parse_url(url)?)),
            _ => Err(SourceIdError::UnknownKind { kind: kind.to_owned(), text: text.to_owned() }),
        }
    }

    /// The same registry, known to people by the name that configuration gives it. The first name stays.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        names.entry(self.address()).or_insert_with(|| name.into());
        self
    }

    fn name(self) -> Option<InternedString> {
        NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(&self.address()).copied()
    }

    /// Kind of source.
    pub fn kind(self) -> &'static SourceKind {
        &self.0.kind
    }

    /// Its URL; a sparse registry's carries the `sparse+` prefix.
    pub fn url(self) -> &'static Url {
        &self.0.url
    }

    /// The form of the URL that decides equality, and directory names in `$CARGO_HOME`.
    pub fn canonical_url(self) -> &'static str {
        &self.0.canonical
    }

    /// Where it is kept, for maps in front of a slower comparison: equal addresses are equal sources.
    pub fn address(self) -> usize {
        std::ptr::from_ref(self.0).addr()
    }

    /// The pinned commit of a git source.
    pub fn precise(self) -> Option<&'static str> {
        self.0.precise.as_deref()
    }

    /// The same source, pinned to `commit`, or not pinned.
    pub fn with_precise(self, commit: Option<&str>) -> Self {
        Self::intern(self.0.kind.clone(), self.0.url.clone(), commit.map(str::to_owned))
    }

    /// The same source, not pinned.
    pub fn unpinned(self) -> Self {
        if self.precise().is_some() { self.with_precise(None) } else { self }
    }

    /// A member or a path dependency: changes under our hands.
    pub fn is_path(self) -> bool {
        matches!(self.0.kind, SourceKind::Path)
    }

    /// Any kind of registry, served over the network or from a directory.
    pub fn is_registry(self) -> bool {
        !matches!(self.0.kind, SourceKind::Path | SourceKind::Git(_))
    }

    /// A git repository.
    pub fn is_git(self) -> bool {
        matches!(self.0.kind, SourceKind::Git(_))
    }

    /// crates.io itself.
    pub fn is_crates_io(self) -> bool {
        self == Self::crates_io()
    }

    /// What a git source asks for.
    pub fn git_reference(self) -> Option<&'static GitReference> {
        match &self.0.kind {
            SourceKind::Git(reference) => Some(reference),
            _ => None,
        }
    }

    /// The directory of a path source.
    pub fn local_path(self) -> Option<PathBuf> {
        if !self.is_path() {
            return None;
        }
        self.0.url.to_file_path().ok()
    }

    /// `kind+url[?reference][#precise]`, as `Cargo.lock` of version 4 and `cargo metadata` write it.
    pub fn lock_string(self) -> String {
        self.text(true)
    }

    /// As [`Self::lock_string`], with a branch name or tag not percent-encoded: lock versions 1 to 3.
    pub fn lock_string_unencoded(self) -> String {
        self.text(false)
    }

    fn text(self, encoded: bool) -> String {
        let mut text = match self.0.kind.protocol() {
            Some(protocol) => format!("{protocol}+{}", self.0.url),
            None => self.0.url.to_string(),
        };
        if let SourceKind::Git(reference) = &self.0.kind
            && let Some(pretty) = reference.pretty_ref(encoded)
        {
            text.push('?');
            text.push_str(&pretty.to_string());
        }
        if let Some(precise) = &self.0.precise {
            text.push('#');
            text.push_str(precise);
        }
        text
    }
}

/// `git@host:path` is git's own way to write `ssh://git@host/path`.
fn suggestion(text: &str) -> String {
    match text.split_once(':') {
        Some((host, path)) if host.contains('@') && !host.contains('/') => {
            format!("\nhelp: try `ssh://{host}/{}`", path.trim_start_matches('/'))
        }
        _ => String::new(),
    }
}

fn parse_url(text: &str) -> Result<Url, SourceIdError> {
    Url::parse(text).map_err(|reason| SourceIdError::BadUrl { text: text.to_owned(), reason })
}

fn parse_git(mut url: Url) -> SourceId {
    let reference = GitReference::from_query(url.query_pairs());
    let precise = url.fragment().map(str::to_owned);
    url.set_fragment(None);
    url.set_query(None);
    SourceId::intern(SourceKind::Git(reference), url, precise)
}

/// Git hosts answer to several spellings: with and without `.git`, with a trailing slash, GitHub in any case and by
/// any protocol. All but sparse registries are treated alike, because directory names in `$CARGO_HOME` depend on it;
/// those are plain files on a server, where `x/` and `x.git/` may belong to different people, and one must not be sent
/// the other's token (CVE-2026-5222; Cargo 1.96 and later tell them apart, too).
fn canonical(url: &Url) -> String {
    let mut url = url.clone();
    if url.path().ends_with('/')
        && let Ok(mut segments) = url.path_segments_mut()
    {
        segments.pop_if_empty();
    }
    if url.scheme().contains('+') {
        return url.to_string();
    }
    if url.host_str() == Some("github.com") {
        if let Ok(https) = Url::parse(&format!("https{}", &url[url::Position::AfterScheme..])) {
            url = https;
        }
        let lower = url.path().to_lowercase();
        url.set_path(&lower);
    }
    if url.path().ends_with(".git") {
        let path = url.path().strip_suffix(".git").unwrap_or_default().to_owned();
        url.set_path(&path);
    }
    url.to_string()
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        (&self.kind, &self.canonical, &self.precise) == (&other.kind, &other.canonical, &other.precise)
    }
}

impl Eq for Inner {}

impl Hash for Inner {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.kind, &self.canonical, &self.precise).hash(state);
    }
}

impl PartialEq for SourceId {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for SourceId {}

impl PartialOrd for SourceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SourceId {
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self.0, other.0) {
            return Ordering::Equal;
        }
        let (a, b) = (self.0, other.0);
        a.kind
            .cmp(&b.kind)
            .then_with(|| a.canonical.cmp(&b.canonical))
            .then_with(|| a.precise.cmp(&b.precise))
    }
}

impl Hash for SourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Without the pinned commit: one repository is one directory in the home, whatever is checked out.
        self.0.kind.hash(state);
        self.0.canonical.hash(state);
    }
}

impl fmt::Display for SourceId {
    /// For a person: `registry `crates-io``, a repository with its reference, or a path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            SourceKind::Path => match self.local_path() {
                Some(path) => write!(f, "{}", path.display()),
                None => write!(f, "{}", self.0.url),
            },
            SourceKind::Git(reference) => {
                write!(f, "{}", self.0.url)?;
                if let Some(pretty) = reference.pretty_ref(true) {
                    write!(f, "?{pretty}")?;
                }
                if let Some(precise) = &self.0.precise {
                    write!(f, "#{}", precise.get(..8).unwrap_or(precise))?;
                }
                Ok(())
            }
            _ if self.is_crates_io() => f.write_str("registry `crates-io`"),
            SourceKind::Registry | SourceKind::SparseRegistry => match self.name() {
                Some(name) => write!(f, "registry `{name}`"),
                None => write!(f, "registry `{}`", self.0.url),
            },
            SourceKind::LocalRegistry => write!(f, "local registry `{}`", self.0.url),
            SourceKind::Directory => write!(f, "directory `{}`", self.0.url),
        }
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceId({})", self.lock_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) {
        assert_eq!(SourceId::parse(text).expect("parses").lock_string(), text);
    }

    #[test]
    fn lock_text_survives() {
        round_trip("registry+https://github.com/rust-lang/crates.io-index");
        round_trip("sparse+https://example.com/index/");
        round_trip("git+https://example.com/a/b.git?branch=dev+one#0123456789abcdef");
        round_trip("git+https://example.com/a/b?tag=v1#0123456789abcdef");
        round_trip("git+https://example.com/a/b#0123456789abcdef");
        round_trip("path+file:///some/where");
    }

    #[test]
    fn spellings_of_one_repository_are_one_source() {
        let plain = SourceId::parse("git+https://github.com/Some/Repo").expect("parses");
        let dotted = SourceId::parse("git+https://github.com/some/repo.git/").expect("parses");
        assert_eq!(plain, dotted);
        assert_ne!(plain, SourceId::parse("git+https://github.com/some/repo?branch=x").expect("parses"));
    }

    #[test]
    fn sparse_registries_are_told_apart() {
        let source = |url: &str| SourceId::for_registry(url).expect("parses");
        assert_ne!(source("sparse+https://h/x/"), source("sparse+https://h/x.git/"));
        assert_ne!(source("sparse+https://github.com/X/"), source("sparse+https://github.com/x/"));
        assert_ne!(source("sparse+https://github.com/x/"), source("sparse+http://github.com/x/"));
        assert_ne!(source("sparse+https://h/x/"), source("https://h/x/"));
        assert_eq!(source("sparse+https://h/x"), source("sparse+https://h/x/"));
        assert_eq!(source("https://h/x"), source("https://h/x.git"));
    }

    #[test]
    fn a_registry_is_shown_by_its_name() {
        let url = "sparse+https://example.com/named/";
        let source = SourceId::for_registry(url).expect("parses").named("alt").named("other");
        assert_eq!(source.to_string(), "registry `alt`");
        assert_eq!(SourceId::for_registry(url).expect("parses").to_string(), "registry `alt`");
    }

    #[test]
    fn crates_io_is_known_and_nothing_else_is() {
        assert!(SourceId::for_registry(CRATES_IO_INDEX).expect("parses").is_crates_io());
        assert!(!SourceId::for_registry("sparse+https://example.com/").expect("parses").is_crates_io());
    }

    #[test]
    fn what_is_not_a_source_says_so() {
        assert!(matches!(SourceId::parse("nothing"), Err(SourceIdError::NoKind(_))));
        assert!(matches!(SourceId::parse("ftp+http://x"), Err(SourceIdError::UnknownKind { .. })));
        assert!(matches!(SourceId::parse("registry+x"), Err(SourceIdError::BadUrl { .. })));
        let scp = SourceId::parse_git_url("git@host:a/b.git").expect_err("no URL").to_string();
        assert!(scp.ends_with("try `ssh://git@host/a/b.git`"), "{scp}");
        assert!(matches!(SourceId::parse_git_url("ext::sh"), Err(SourceIdError::NoPlace(_))));
        assert!(matches!(SourceId::for_path(Path::new("a")), Err(SourceIdError::RelativePath(_))));
    }
}
