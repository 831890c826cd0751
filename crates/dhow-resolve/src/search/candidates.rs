//! What can satisfy a dependency, in the order in which it is tried; and what a package needs in turn.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use dhow_model::{Dependency, InternedString, PackageId, SourceId, Summary, spec_matches};

use super::locking::Locked;
use super::pool::{Ask, DepNo, Loaded, Pkg, Pool, SetResult, SourceNo, Wanted};
use super::requirements::{Missing, Opts, Requirements, requirements};
use super::sound::is_sound;
use crate::names::{FastMap, Name};
use crate::prefs::VersionOrdering;
use crate::provider::{Provider, SharedError};
use crate::request::{Precise, ResolveRequest};

/// What a package needs when given features of it are wanted: dependencies with the fewest candidates first.
pub(crate) struct Expansion {
    pub(crate) features: crate::names::NameSet,
    pub(crate) deps: Vec<Need>,
}

/// A dependency of an [`Expansion`].
#[derive(Clone)]
pub(crate) struct Need {
    pub(crate) dep: DepNo,
    pub(crate) candidates: Rc<[Pkg]>,
    pub(crate) wanted: Wanted,
}

/// Why an [`Expansion`] cannot be made.
pub(crate) enum Unmet {
    /// Some dependencies are not known yet.
    Pending,
    /// The provider cannot answer.
    Provider(DepNo, SharedError),
    /// A feature that was asked for does not exist.
    Features(Missing),
    /// The index entry is unusable.
    Unusable,
}

/// The pool, with what decides which of it may be used.
pub(crate) struct Market<'a> {
    pub(crate) pool: Pool,
    pub(crate) request: ResolveRequest<'a>,
    pub(crate) locked: Locked,
    pub(crate) members: Vec<Pkg>,
    patches: Vec<(SourceId, Pkg)>,
    replacements: Vec<Pkg>,
    /// Packages that `[replace]` replaces, with what replaces them.
    pub(crate) replaced: FastMap<Pkg, Pkg>,
    expansions: FastMap<(Pkg, bool, Wanted), Rc<Expansion>>,
    by_requirement: FastMap<Ask, Rc<[Pkg]>>,
}

impl<'a> Market<'a> {
    /// Takes up members, patches and replacements. `Pending` if a path package is not known yet.
    pub(crate) fn new(request: ResolveRequest<'a>, provider: &mut dyn Provider) -> Poll<Self> {
        let mut pool = Pool::default();
        let mut one = |summary: &Summary| {
            let range = pool.add(summary.id().name(), summary.id().source(), Arc::new(vec![summary.clone()]));
            range.start
        };
        let members: Vec<_> = request.members.iter().map(|m| one(&m.summary)).collect();
        let patches: Vec<_> = request.patches.iter().map(|p| one(&p.summary)).collect();
        let replacements = request.replacements.iter().map(|r| one(&r.summary)).collect();
        let patches = request.patches.iter().map(|p| p.source).zip(patches).collect();
        let mut market = Self {
            pool,
            request,
            locked: Locked::default(),
            members,
            patches,
            replacements,
            replaced: FastMap::default(),
            expansions: FastMap::default(),
            by_requirement: FastMap::default(),
        };
        for (member, &pkg) in market.request.members.iter().zip(&market.members) {
            let id = member.summary.id();
            market.pool.answers.insert((Name(id.name()), id.source().address()), Ok(pkg..pkg + 1));
        }
        let mut pool = std::mem::take(&mut market.pool);
        let mut path_package = |pool: &mut Pool, dep: &Dependency| {
            let Poll::Ready(answer) = answer(pool, provider, dep) else { return Poll::Pending };
            let mut range = answer.unwrap_or(0..0);
            let named = range.find(|pkg| pool.name(*pkg) == dep.package_name());
            Poll::Ready(named.and_then(|pkg| pool.read_summary(pkg)))
        };
        let locked = Locked::new(&request, &mut pool, &mut path_package);
        market.pool = pool;
        let Poll::Ready(locked) = locked else { return Poll::Pending };
        market.locked = locked;
        Poll::Ready(market)
    }

    /// The summary of a package with its dependencies. Nothing if it turns out to be unusable.
    pub(crate) fn load(&mut self, pkg: Pkg) -> Option<Rc<Loaded>> {
        if let Some(known) = self.pool.loaded(pkg) {
            return known.clone();
        }
        let summary = self.pool.read_summary(pkg).filter(is_sound);
        let loaded = summary.map(|summary| {
            let is_member = self.members.last().is_some_and(|last| pkg <= *last);
            let (summary, asks) = self.locked.apply(&mut self.pool, summary);
            let used = asks.into_iter().filter(|ask| is_member || ask.dep.is_transitive());
            let deps = used.map(|ask| self.pool.ask_no(ask)).collect();
            Rc::new(Loaded { summary, deps })
        });
        self.pool.set_loaded(pkg, loaded.clone());
        loaded
    }

    /// Looks for candidates anew, because a release turned out to be unusable.
    pub(crate) fn forget_candidates(&mut self) {
        self.expansions.clear();
        self.by_requirement.clear();
        self.pool.forget_candidates();
    }

    /// What `pkg` needs with `opts`.
    pub(crate) fn requirements(&mut self, pkg: Pkg, opts: &Opts<'_>) -> Result<Requirements, Unmet> {
        let loaded = self.load(pkg).ok_or(Unmet::Unusable)?;
        requirements(&self.pool, &loaded, opts).map_err(Unmet::Features)
    }

    /// What `pkg` needs with `opts`, with candidates. Asks the provider for all of it, also when something is
    /// missing.
    pub(crate) fn expand(
        &mut self,
        provider: &mut dyn Provider,
        pkg: Pkg,
        opts: &Opts<'_>,
    ) -> Result<Rc<Expansion>, Unmet> {
        let key = match opts {
            Opts::Member { .. } => None,
            Opts::Dep { wanted, default_features } => Some((pkg, *default_features, wanted.clone())),
        };
        if let Some(known) = key.as_ref().and_then(|key| self.expansions.get(key)) {
            return Ok(Rc::clone(known));
        }
        let Requirements { features, deps } = self.requirements(pkg, opts)?;
        let mut pending = false;
        let mut needs = Vec::with_capacity(deps.len());
        for (dep, wanted) in deps {
            match self.candidates(provider, dep) {
                Poll::Pending => pending = true,
                Poll::Ready(Ok(candidates)) => needs.push(Need { dep, candidates, wanted }),
                Poll::Ready(Err(error)) => return Err(Unmet::Provider(dep, error)),
            }
        }
        if pending {
            return Err(Unmet::Pending);
        }
        needs.sort_by_key(|need| need.candidates.len());
        let expansion = Rc::new(Expansion { features, deps: needs });
        if let Some(key) = key {
            self.expansions.insert(key, Rc::clone(&expansion));
        }
        Ok(expansion)
    }

    /// What can satisfy a dependency, best first.
    pub(crate) fn candidates(
        &mut self,
        provider: &mut dyn Provider,
        dep: DepNo,
    ) -> Poll<Result<Rc<[Pkg]>, SharedError>> {
        let asked = self.pool.asked(dep);
        if let Some(known) = &asked.candidates {
            return Poll::Ready(Ok(Rc::clone(known)));
        }
        let ask = Rc::clone(&asked.ask);
        // Most dependencies on one package differ in features only.
        let mut plain = Dependency::new(ask.dep.package_name(), ask.dep.source());
        if ask.dep.req_was_given() {
            plain = plain.with_req(ask.dep.req().clone());
        }
        let plain = Ask { dep: plain, source: ask.source, locked: ask.locked };
        let candidates = match self.by_requirement.get(&plain) {
            Some(known) => Rc::clone(known),
            None => match self.find(provider, &ask) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(found)) => {
                    let found: Rc<[Pkg]> = found.into();
                    self.by_requirement.insert(plain, Rc::clone(&found));
                    found
                }
            },
        };
        self.pool.set_candidates(dep, Rc::clone(&candidates));
        Poll::Ready(Ok(candidates))
    }

    fn find(&mut self, provider: &mut dyn Provider, ask: &Ask) -> Poll<Result<Vec<Pkg>, SharedError>> {
        let name = ask.dep.package_name();
        let source = self.pool.source_no(ask.source);
        let mut found = self.fitting_patches(name, source, ask);
        // A patch of the locked version makes it needless to ask for the original.
        if !(ask.locked.is_some() && found.len() == 1) {
            let asked = match ask.source == ask.dep.source() {
                true => ask.dep.clone(),
                false => ask.dep.clone().with_source(ask.source),
            };
            let range = match answer(&mut self.pool, provider, &asked) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(answer) => answer?,
            };
            self.add_releases(&mut found, ask, source, range);
        }
        self.note_replacements(&found);
        self.sort(&mut found);
        Poll::Ready(Ok(found))
    }

    /// Adds the releases that may be used for `ask` and are not patched.
    fn add_releases(&self, found: &mut Vec<Pkg>, ask: &Ask, source: SourceNo, releases: Range<Pkg>) {
        let name = ask.dep.package_name();
        let pool = &self.pool;
        let precise = self.precise(ask, source);
        let patches = found.len();
        let mut some_at_hand = false;
        let mut some_far = false;
        for pkg in releases {
            let version = pool.version(pkg);
            if !ask.accepts(version) || pool.name(pkg) != name || pool.is_unusable(pkg) {
                continue;
            }
            if precise.is_some_and(|precise| !precise.is(version)) {
                continue;
            }
            let at_hand = pool.is_at_hand(pkg);
            some_at_hand |= at_hand;
            some_far |= !at_hand;
            let may_be_yanked = precise.is_some() || self.locked.prefers((Name(name), source), version);
            let usable = (!pool.is_yanked(pkg) || may_be_yanked)
                && !found[..patches].iter().any(|patch| pool.version(*patch) == version);
            if usable {
                found.push(pkg);
            }
        }
        if some_at_hand && some_far {
            let mut index = 0;
            found.retain(|pkg| {
                index += 1;
                index <= patches || pool.is_at_hand(*pkg)
            });
        }
    }

    /// What `update --precise` says of it.
    fn precise(&self, ask: &Ask, source: SourceNo) -> Option<&'a Precise> {
        let name = ask.dep.package_name();
        let mut named = self.request.precise.iter().filter(|precise| precise.name == name);
        named.find(|precise| {
            self.pool.known_source(precise.source) == Some(source) && ask.accepts(&precise.from)
        })
    }

    fn fitting_patches(&self, name: InternedString, source: SourceNo, ask: &Ask) -> Vec<Pkg> {
        let of_source = |(patched, _): &&(SourceId, Pkg)| self.pool.is_patched_by(source, *patched);
        let patches = self.patches.iter().filter(of_source).map(|(_, pkg)| *pkg);
        patches.filter(|pkg| self.pool.name(*pkg) == name && ask.accepts(self.pool.version(*pkg))).collect()
    }

    fn note_replacements(&mut self, found: &[Pkg]) {
        if self.replacements.is_empty() {
            return;
        }
        for &pkg in found {
            let id = self.pool.id(pkg);
            let fits = |spec| spec_matches(spec, id);
            let Some(at) = self.request.replacements.iter().position(|r| fits(&r.spec)) else { continue };
            let by = self.replacements[at];
            if self.pool.pkg_source(by) != self.pool.pkg_source(pkg) {
                self.replaced.insert(pkg, by);
            }
        }
    }

    /// What is preferred first, then what most of the wanted Rust versions can build, then the newest.
    fn sort(&self, found: &mut [Pkg]) {
        let rust_versions = &self.request.prefs.rust_versions;
        let rank = |pkg: Pkg| {
            let name = Name(self.pool.name(pkg));
            let version = self.pool.version(pkg);
            let preferred =
                self.locked.prefers((name, self.pool.pkg_source(pkg)), version) || self.is_patch(pkg);
            let unfit = match rust_versions.is_empty() {
                true => 0,
                false => match self.pool.rust_version(pkg) {
                    Some(needs) => {
                        rust_versions.iter().filter(|have| !needs.is_compatible_with(have)).count()
                    }
                    None => 0,
                },
            };
            (!preferred, unfit)
        };
        let mut ranked: Vec<_> = found.iter().map(|pkg| (rank(*pkg), *pkg)).collect();
        let newest_first = self.request.prefs.ordering == VersionOrdering::MaximumVersionsFirst;
        ranked.sort_by(|(rank_a, a), (rank_b, b)| {
            rank_a.cmp(rank_b).then_with(|| {
                let order = self.pool.version(*a).cmp(self.pool.version(*b));
                if newest_first { order.reverse() } else { order }
            })
        });
        for (slot, (_, pkg)) in found.iter_mut().zip(ranked) {
            *slot = pkg;
        }
    }

    /// Whether a `[patch]` entry names this package: patches are preferred wherever they come from.
    fn is_patch(&self, pkg: Pkg) -> bool {
        let named = |patch: &&crate::request::Patch| patch.dep.package_name() == self.pool.name(pkg);
        self.request.patches.iter().filter(named).any(|patch| {
            let id: PackageId = self.pool.id(pkg);
            let unpinned = match id.source().precise() {
                Some(_) => id.with_source(id.source().with_precise(None)),
                None => id,
            };
            super::pool::accepts(&patch.dep, id.version())
                && patch.dep.source().with_precise(None) == unpinned.source()
        })
    }
}

/// All releases for a dependency's name and source.
pub(crate) fn answer(pool: &mut Pool, provider: &mut dyn Provider, dep: &Dependency) -> Poll<SetResult> {
    let key = (Name(dep.package_name()), dep.source().address());
    if let Some(known) = pool.answers.get(&key) {
        return Poll::Ready(known.clone());
    }
    let Poll::Ready(answer) = provider.query(dep) else { return Poll::Pending };
    let answer: Result<Range<Pkg>, SharedError> = match answer {
        Ok(releases) => Ok(pool.add(dep.package_name(), dep.source(), releases)),
        Err(error) => Err(error.into()),
    };
    pool.answers.insert(key, answer.clone());
    Poll::Ready(answer)
}
