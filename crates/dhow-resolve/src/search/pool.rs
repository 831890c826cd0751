//! Every package, dependency and source that the search has seen, by number. Survives from pass to pass.

use std::rc::Rc;
use std::sync::Arc;

use dhow_model::{Dependency, InternedString, PackageId, SourceId, Summary};
use semver::Version;

use crate::names::{FastMap, Name};
use crate::provider::{Releases, SharedError};

/// A release of a package.
pub(crate) type Pkg = u32;
/// A dependency; equal ones have equal numbers.
pub(crate) type DepNo = u32;
/// What only one package may hold at a time: a name, a source and a range of compatible versions.
pub(crate) type KeyNo = u32;
/// A source; a git source's commit does not count.
pub(crate) type SourceNo = u32;

/// Names in order, as a package's features are asked for; hashed and compared by address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted(pub(crate) Rc<[InternedString]>);

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Wanted {}

impl std::hash::Hash for Wanted {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|name| Name(*name).hash(state));
    }
}

/// A dependency as the search looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ask {
    /// As declared.
    pub(crate) dep: Dependency,
    /// Its source; pinned to a commit if the lock file says so.
    pub(crate) source: SourceId,
    /// The version to which the lock file pins it.
    pub(crate) locked: Option<&'static Version>,
}

impl Ask {
    /// Whether `version` is acceptable. Without a stated requirement (path dependencies), every version is.
    pub(crate) fn accepts(&self, version: &Version) -> bool {
        match self.locked {
            Some(locked) => locked == version,
            None => accepts(&self.dep, version),
        }
    }
}

/// As [`Dependency::matches_version`], but a requirement that is not stated accepts prereleases too.
pub(crate) fn accepts(dep: &Dependency, version: &Version) -> bool {
    !dep.req_was_given() || dep.matches_version(version)
}

pub(crate) struct Asked {
    pub(crate) ask: Rc<Ask>,
    /// Number of its source.
    pub(crate) source: SourceNo,
    pub(crate) candidates: Option<Rc<[Pkg]>>,
}

/// What tells whether two versions may stand side by side: they may if this differs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Compatible {
    Major(u64),
    Minor(u64),
    Patch(u64),
}

impl Compatible {
    fn of(version: &Version) -> Self {
        match (version.major, version.minor) {
            (0, 0) => Self::Patch(version.patch),
            (0, minor) => Self::Minor(minor),
            (major, _) => Self::Major(major),
        }
    }
}

struct Release {
    set: u32,
    index: u32,
    key: KeyNo,
    links: Option<Option<InternedString>>,
    summary: Option<Option<Rc<Loaded>>>,
}

/// A package that was looked at.
pub(crate) struct Loaded {
    pub(crate) summary: Summary,
    /// Its dependencies, pinned as the lock file has them. Dev-dependencies only of members.
    pub(crate) deps: Vec<DepNo>,
}

struct Set {
    releases: Arc<dyn Releases>,
    name: InternedString,
    source: SourceNo,
}

pub(crate) type SetResult = Result<std::ops::Range<Pkg>, SharedError>;

/// See the module.
#[derive(Default)]
pub(crate) struct Pool {
    sets: Vec<Set>,
    releases: Vec<Release>,
    keys: FastMap<(Name, SourceNo, Compatible), KeyNo>,
    asks: Vec<Asked>,
    ask_numbers: FastMap<Rc<Ask>, DepNo>,
    sources: Vec<SourceId>,
    source_numbers: FastMap<SourceId, SourceNo>,
    source_addresses: FastMap<usize, SourceNo>,
    /// Answers of the provider, by name and address of the (pinned) source.
    pub(crate) answers: FastMap<(Name, usize), SetResult>,
}

impl Compatible {
    fn key(self, name: InternedString, source: SourceNo) -> (Name, SourceNo, Self) {
        (Name(name), source, self)
    }
}

impl Pool {
    /// The number of a source, whatever commit it is pinned to.
    pub(crate) fn source_no(&mut self, source: SourceId) -> SourceNo {
        if let Some(number) = self.source_addresses.get(&source.address()) {
            return *number;
        }
        let unpinned = if source.precise().is_some() { source.with_precise(None) } else { source };
        let next = number(self.sources.len());
        let found = *self.source_numbers.entry(unpinned).or_insert(next);
        if found == next {
            self.sources.push(unpinned);
        }
        self.source_addresses.insert(source.address(), found);
        found
    }

    /// Whether a source is among those that a patch of `patched` is for: all that have its URL.
    pub(crate) fn is_patched_by(&self, source: SourceNo, patched: SourceId) -> bool {
        self.sources[source as usize].canonical_url() == patched.canonical_url()
    }

    /// The number of a source that was seen before.
    pub(crate) fn known_source(&self, source: SourceId) -> Option<SourceNo> {
        self.source_addresses.get(&source.address()).copied()
    }

    /// The number of what `version` of `name` would hold.
    pub(crate) fn key_no(&mut self, name: InternedString, source: SourceNo, version: &Version) -> KeyNo {
        let next = number(self.keys.len());
        *self.keys.entry(Compatible::of(version).key(name, source)).or_insert(next)
    }

    /// Takes up all releases of a package.
    pub(crate) fn add(
        &mut self,
        name: InternedString,
        source: SourceId,
        releases: Arc<dyn Releases>,
    ) -> std::ops::Range<Pkg> {
        let source = self.source_no(source);
        let first = number(self.releases.len());
        let set = number(self.sets.len());
        let mut last: Option<(Compatible, KeyNo)> = None;
        for index in 0..releases.len() {
            let compatible = Compatible::of(releases.version(index));
            let key = match last {
                Some((same, key)) if same == compatible => key,
                _ => self.key_no(name, source, releases.version(index)),
            };
            last = Some((compatible, key));
            self.releases.push(Release { set, index: number(index), key, links: None, summary: None });
        }
        self.sets.push(Set { releases, name, source });
        first..number(self.releases.len())
    }

    fn set(&self, pkg: Pkg) -> (&Set, usize) {
        let release = &self.releases[pkg as usize];
        (&self.sets[release.set as usize], release.index as usize)
    }

    pub(crate) fn name(&self, pkg: Pkg) -> InternedString {
        self.set(pkg).0.name
    }

    pub(crate) fn version(&self, pkg: Pkg) -> &Version {
        let (set, index) = self.set(pkg);
        set.releases.version(index)
    }

    pub(crate) fn pkg_source(&self, pkg: Pkg) -> SourceNo {
        self.set(pkg).0.source
    }

    pub(crate) fn is_yanked(&self, pkg: Pkg) -> bool {
        let (set, index) = self.set(pkg);
        set.releases.is_yanked(index)
    }

    pub(crate) fn is_at_hand(&self, pkg: Pkg) -> bool {
        let (set, index) = self.set(pkg);
        set.releases.is_at_hand(index)
    }

    pub(crate) fn rust_version(&self, pkg: Pkg) -> Option<dhow_model::RustVersion> {
        let (set, index) = self.set(pkg);
        set.releases.rust_version(index)
    }

    pub(crate) fn key(&self, pkg: Pkg) -> KeyNo {
        self.releases[pkg as usize].key
    }

    pub(crate) fn links(&mut self, pkg: Pkg) -> Option<InternedString> {
        if let Some(known) = self.releases[pkg as usize].links {
            return known;
        }
        let (set, index) = self.set(pkg);
        let links = set.releases.links(index);
        self.releases[pkg as usize].links = Some(links);
        links
    }

    /// The summary as the provider gives it.
    pub(crate) fn read_summary(&self, pkg: Pkg) -> Option<Summary> {
        let (set, index) = self.set(pkg);
        set.releases.summary(index)
    }

    /// What was made of the summary, if it was needed yet; `Some(None)` if it turned out to be unusable.
    pub(crate) fn loaded(&self, pkg: Pkg) -> Option<&Option<Rc<Loaded>>> {
        self.releases[pkg as usize].summary.as_ref()
    }

    pub(crate) fn set_loaded(&mut self, pkg: Pkg, loaded: Option<Rc<Loaded>>) {
        self.releases[pkg as usize].summary = Some(loaded);
    }

    /// The summary of a package that was activated, so it is there.
    pub(crate) fn summary(&self, pkg: Pkg) -> Option<&Summary> {
        Some(&self.loaded(pkg)?.as_ref()?.summary)
    }

    /// The identity of a package that was activated.
    pub(crate) fn id(&self, pkg: Pkg) -> PackageId {
        match self.summary(pkg) {
            Some(summary) => summary.id(),
            None => {
                let (set, index) = self.set(pkg);
                let source = self.sources[set.source as usize];
                PackageId::new(set.name, set.releases.version(index).clone(), source)
            }
        }
    }

    /// The number of a dependency.
    pub(crate) fn ask_no(&mut self, ask: Ask) -> DepNo {
        if let Some(known) = self.ask_numbers.get(&ask) {
            return *known;
        }
        let next = number(self.asks.len());
        let source = self.source_no(ask.source);
        let ask = Rc::new(ask);
        self.ask_numbers.insert(Rc::clone(&ask), next);
        self.asks.push(Asked { ask, source, candidates: None });
        next
    }

    pub(crate) fn asked(&self, dep: DepNo) -> &Asked {
        &self.asks[dep as usize]
    }

    pub(crate) fn dep(&self, dep: DepNo) -> &Dependency {
        &self.asks[dep as usize].ask.dep
    }

    pub(crate) fn forget_candidates(&mut self) {
        self.asks.iter_mut().for_each(|asked| asked.candidates = None);
    }

    /// Whether it was looked at, and is no good.
    pub(crate) fn is_unusable(&self, pkg: Pkg) -> bool {
        matches!(self.releases[pkg as usize].summary, Some(None))
    }

    pub(crate) fn set_candidates(&mut self, dep: DepNo, candidates: Rc<[Pkg]>) {
        self.asks[dep as usize].candidates = Some(candidates);
    }
}

/// Counts stay far below what 32 bits hold: an index has some ten million releases.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
