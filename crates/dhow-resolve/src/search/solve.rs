//! The loop of the search: take the dependency with the fewest candidates, choose the best of those that go with what
//! is chosen already, and where none does, go back to the youngest choice that can change that.
//!
//! Which dependency comes next and which candidate is tried first decide the lock file, and are Cargo's. Everything
//! else here only skips what is known to fail.

use std::rc::Rc;

use super::candidates::{Expansion, Market, Unmet};
use super::conflicts::{Conflict, Conflicts, Reason};
use super::pool::{DepNo, Pkg, SourceNo, Wanted};
use super::requirements::{Missing, Opts};
use super::state::{Age, Edge, Mark, State};
use crate::names::default_name;
use crate::provider::{Provider, SharedError};

/// Why the search ended without a result.
pub(crate) enum Failure {
    /// No choice satisfies this.
    NoSolution(Attempt),
    /// The provider cannot answer a needed query.
    Provider { dep: DepNo, parent: Pkg, error: SharedError },
    /// A member does not have a feature that was asked for.
    MemberFeature(Pkg, Missing),
    /// A feature of this package turns itself on.
    FeatureCycle(Pkg, Missing),
    /// Two packages that must be there link the same library.
    Links(Pkg, Pkg),
}

/// A dependency that is being satisfied.
pub(crate) struct Attempt {
    pub(crate) parent: Pkg,
    pub(crate) dep: DepNo,
    wanted: Wanted,
    remaining: Remaining,
    /// What was in the way of the candidates so far.
    pub(crate) conflict: Conflict,
    /// The search came back here: `conflict` does not hold all of it.
    backtracked: bool,
    /// It is known to fail.
    for_error: bool,
}

/// Where to go back to: another candidate for a dependency.
struct Saved {
    mark: Mark,
    parent: Pkg,
    dep: DepNo,
    wanted: Wanted,
    remaining: Remaining,
    conflict: Conflict,
}

/// Candidates not tried yet.
#[derive(Clone)]
struct Remaining {
    list: Rc<[Pkg]>,
    at: usize,
    stashed: Option<Pkg>,
}

/// Why a candidate could not be chosen.
enum Refused {
    Conflict(Pkg, Reason),
    Failure(Failure),
}

/// See the module.
pub(crate) struct Search<'s, 'a> {
    pub(crate) market: &'s mut Market<'a>,
    pub(crate) provider: &'s mut dyn Provider,
    pub(crate) state: State,
    conflicts: Conflicts,
    stack: Vec<Saved>,
    /// Expansions that wait for the provider.
    pub(crate) pending: Vec<(Pkg, bool, Wanted)>,
    pub(crate) members_pending: bool,
    /// A release that was tried cannot be used: what was found does not count.
    pub(crate) unusable: bool,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(crate) fn new(market: &'s mut Market<'a>, provider: &'s mut dyn Provider) -> Self {
        Self {
            market,
            provider,
            state: State::default(),
            conflicts: Conflicts::default(),
            stack: Vec::new(),
            pending: Vec::new(),
            members_pending: false,
            unusable: false,
        }
    }

    /// Chooses until nothing is left to satisfy.
    pub(crate) fn run(&mut self) -> Result<(), Failure> {
        let members = self.market.request.members;
        for (number, member) in members.iter().enumerate() {
            let opts = Opts::Member { features: &member.features, dev_deps: member.dev_deps };
            match self.activate(None, self.market.members[number], &opts) {
                Ok(Some((parent, expansion))) => self.state.push(parent, expansion, false),
                Ok(None) => {}
                Err(Refused::Failure(failure)) => return Err(failure),
                Err(Refused::Conflict(other, _)) => {
                    return Err(Failure::Links(other, self.market.members[number]));
                }
            }
        }
        while let Some((for_error, parent, need)) = self.state.pop() {
            let for_error = for_error && self.known_conflict(need.dep, None).is_some();
            let remaining = Remaining { list: need.candidates, at: 0, stashed: None };
            self.satisfy(Attempt {
                parent,
                dep: need.dep,
                wanted: need.wanted,
                remaining,
                conflict: Conflict::new(),
                backtracked: false,
                for_error,
            })?;
        }
        Ok(())
    }

    fn satisfy(&mut self, mut now: Attempt) -> Result<(), Failure> {
        loop {
            let next = next(&mut now.remaining, &mut now.conflict, Age::MAX, &self.state, self.market);
            let (candidate, has_another) = match next {
                Some(next) => next,
                None => {
                    let (back, candidate, has_another) = self.go_back(now)?;
                    now = back;
                    (candidate, has_another)
                }
            };
            if now.for_error && !now.backtracked && has_another {
                continue;
            }
            let saved = has_another.then(|| Saved {
                mark: self.state.mark(),
                parent: now.parent,
                dep: now.dep,
                wanted: now.wanted.clone(),
                remaining: now.remaining.clone(),
                conflict: now.conflict.clone(),
            });
            if self.try_candidate(&mut now, candidate, has_another)? {
                self.stack.extend(saved);
                return Ok(());
            }
            // Without another candidate the state is not used before it is taken back farther.
            if let Some(saved) = saved {
                self.state.undo_to(saved.mark);
            }
        }
    }

    /// No candidate is left: learn from it, and go back.
    fn go_back(&mut self, now: Attempt) -> Result<(Attempt, Pkg, bool), Failure> {
        let mut general = None;
        if !now.for_error && !now.backtracked {
            self.conflicts.insert(now.dep, &now.conflict);
            general = self.generalize(&now);
        }
        let Some(at) = self.find_saved(&now, general.as_ref().unwrap_or(&now.conflict)) else {
            return Err(Failure::NoSolution(now));
        };
        self.stack.truncate(at + 1);
        let Some(mut saved) = self.stack.pop() else {
            return Err(Failure::NoSolution(now));
        };
        let view = saved.mark.age;
        let next = next(&mut saved.remaining, &mut saved.conflict, view, &self.state, self.market);
        let Some((candidate, has_another)) = next else {
            return Err(Failure::NoSolution(now));
        };
        self.state.undo_to(saved.mark);
        let back = Attempt {
            parent: saved.parent,
            dep: saved.dep,
            wanted: saved.wanted,
            remaining: saved.remaining,
            conflict: saved.conflict,
            backtracked: true,
            for_error: now.for_error,
        };
        Ok((back, candidate, has_another))
    }

    /// The youngest saved point with another candidate, at which not all of `conflict` is chosen any more.
    fn find_saved(&mut self, now: &Attempt, conflict: &Conflict) -> Option<usize> {
        let since = |pkg: Pkg| self.state.active_since(pkg, self.market.pool.key(pkg));
        // After going back, the conflict does not hold all reasons, so every point is tried.
        let age = match now.backtracked {
            true => None,
            false => std::iter::once(now.parent)
                .chain(conflict.keys().copied())
                .map(since)
                .try_fold(0, |oldest, age| Some(oldest.max(age?))),
        };
        (0..self.stack.len()).rev().find(|at| {
            let saved = &self.stack[*at];
            if age.is_some_and(|age| saved.mark.age >= age) {
                return false;
            }
            let (mut remaining, mut conflict) = (saved.remaining.clone(), Conflict::new());
            next(&mut remaining, &mut conflict, saved.mark.age, &self.state, self.market).is_some()
        })
    }

    /// Tries a candidate. If it is (or may be) fine, what it needs is in the queue.
    fn try_candidate(
        &mut self,
        now: &mut Attempt,
        candidate: Pkg,
        has_another: bool,
    ) -> Result<bool, Failure> {
        let default_features = self.market.pool.dep(now.dep).default_features();
        let opts = Opts::Dep { wanted: now.wanted.clone(), default_features };
        let (package, expansion) = match self.activate(Some((now.parent, now.dep)), candidate, &opts) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(true),
            Err(Refused::Failure(failure)) => return Err(failure),
            Err(Refused::Conflict(with, reason)) => {
                now.conflict.insert(with, reason);
                return Ok(false);
            }
        };
        let fails = now.for_error || self.known_to_fail(now, candidate, &expansion);
        let for_error =
            fails && !has_another && (now.for_error || self.find_saved(now, &now.conflict.clone()).is_none());
        if for_error {
            self.stack.clear();
        }
        if fails && !for_error {
            return Ok(false);
        }
        self.state.push(package, expansion, fails);
        Ok(true)
    }

    /// Whether a dependency of the candidate, or one that waits already, is known to fail beside it. What is in the
    /// way then is added to the attempt's conflict.
    fn known_to_fail(&self, now: &mut Attempt, candidate: Pkg, expansion: &Expansion) -> bool {
        let own = expansion.deps.iter().find_map(|need| self.known_conflict(need.dep, None));
        let others = |conflict: &Conflict| -> Vec<_> {
            conflict.iter().filter(|(pkg, _)| **pkg != candidate).map(|(pkg, why)| (*pkg, *why)).collect()
        };
        if let Some(conflict) = own {
            now.conflict.extend(others(conflict));
            return true;
        }
        let Some(related) = self.conflicts.deps_of(candidate) else {
            return false;
        };
        let mut waiting = self.state.remaining().filter(|(_, dep)| related.contains(dep));
        let bad =
            waiting.find_map(|(parent, dep)| Some((parent, self.known_conflict(dep, Some(candidate))?)));
        let Some((parent, conflict)) = bad else {
            return false;
        };
        let reason = conflict.get(&candidate).copied().unwrap_or(Reason::Semver);
        now.conflict.extend(others(conflict));
        now.conflict.insert(parent, reason);
        true
    }

    fn known_conflict(&self, dep: DepNo, must: Option<Pkg>) -> Option<&Conflict> {
        let since = |pkg: Pkg| self.state.active_since(pkg, self.market.pool.key(pkg));
        self.conflicts.find(dep, &since, must, Age::MAX)
    }

    /// A conflict that says more than the one at hand: if everything that the youngest package in the way could have
    /// been instead is in the way too, then the package that wanted it is.
    fn generalize(&mut self, now: &Attempt) -> Option<Conflict> {
        let since = |pkg: Pkg| self.state.active_since(pkg, self.market.pool.key(pkg));
        let mut youngest = None;
        for pkg in now.conflict.keys() {
            youngest = youngest.max(Some((since(*pkg)?, *pkg)));
        }
        let (critical_age, critical) = youngest?;
        let reason = *now.conflict.get(&critical)?;
        if self.state.descends(now.parent, critical) {
            return None;
        }
        let older = |edge: &Edge| since(edge.parent).is_some_and(|age| age < critical_age);
        for edge in self.state.edges_of(critical).filter(older) {
            let Some(candidates) = &self.market.pool.asked(edge.dep).candidates else { continue };
            let blocked = candidates.iter().rev().map(|&other| {
                let age = |pkg| if pkg == other { Some(critical_age) } else { since(pkg) };
                Some((other, self.conflicts.find(now.dep, &age, Some(other), critical_age)?))
            });
            let Some(blocked) = blocked.collect::<Option<Vec<_>>>() else { continue };
            let mut general = now.conflict.clone();
            for (_, conflict) in &blocked {
                general.extend(conflict.iter().map(|(pkg, why)| (*pkg, *why)));
            }
            for (other, _) in &blocked {
                general.remove(other);
            }
            general.insert(edge.parent, reason);
            self.conflicts.insert(now.dep, &general);
            return Some(general);
        }
        None
    }

    /// Chooses a package with some features. Nothing, if it was chosen with all of them already.
    fn activate(
        &mut self,
        parent: Option<(Pkg, DepNo)>,
        candidate: Pkg,
        opts: &Opts<'_>,
    ) -> Result<Option<(Pkg, Rc<Expansion>)>, Refused> {
        self.state.age += 1;
        let mut asked_source = None;
        if let Some((parent, dep)) = parent {
            self.state.add_edge(Edge { child: candidate, parent, dep });
            asked_source = Some(self.market.pool.asked(dep).source);
        }
        let active = self.flag_active(candidate, opts, asked_source)?;
        let package = match self.market.replaced.get(&candidate).copied() {
            Some(by) => {
                if self.flag_active(by, opts, None)? && active {
                    return Ok(None);
                }
                by
            }
            None if active => return Ok(None),
            None => candidate,
        };
        let conflict = |reason| match parent {
            Some((parent, _)) => Refused::Conflict(parent, reason),
            None => Refused::Conflict(package, reason),
        };
        match self.market.expand(self.provider, package, opts) {
            Ok(expansion) => {
                self.state.add_features(package, &expansion.features);
                Ok(Some((package, expansion)))
            }
            Err(Unmet::Pending) => {
                match opts {
                    Opts::Member { .. } => self.members_pending = true,
                    Opts::Dep { wanted, default_features } => {
                        self.pending.push((package, *default_features, wanted.clone()));
                    }
                }
                Ok(None)
            }
            Err(Unmet::Unusable) => {
                self.unusable = true;
                Err(conflict(Reason::Unusable))
            }
            Err(Unmet::Features(cycle @ Missing::Cycle(_))) => {
                Err(Refused::Failure(Failure::FeatureCycle(package, cycle)))
            }
            Err(Unmet::Features(missing)) if parent.is_none() => {
                Err(Refused::Failure(Failure::MemberFeature(package, missing)))
            }
            Err(Unmet::Features(missing)) => Err(conflict(Reason::Features(missing))),
            Err(Unmet::Provider(dep, error)) => {
                Err(Refused::Failure(Failure::Provider { dep, parent: package, error }))
            }
        }
    }

    /// Marks a package as chosen; whether it was, with all of these features.
    fn flag_active(
        &mut self,
        pkg: Pkg,
        opts: &Opts<'_>,
        asked_source: Option<SourceNo>,
    ) -> Result<bool, Refused> {
        let pool = &mut self.market.pool;
        let key = pool.key(pkg);
        if self.state.holder(key).is_none() {
            if let Some(library) = pool.links(pkg) {
                if let Some((other, _)) = self.state.linker(library) {
                    return Err(Refused::Failure(Failure::Links(other, pkg)));
                }
                self.state.link(library, pkg);
            }
            self.state.activate(key, pkg);
            // A patch from elsewhere also takes the place of what it patches.
            if let Some(source) = asked_source
                && source != pool.pkg_source(pkg)
            {
                let (name, version) = (pool.name(pkg), pool.version(pkg).clone());
                let key = pool.key_no(name, source, &version);
                if let Some(other) = self.state.activate(key, pkg) {
                    return Err(Refused::Conflict(other, Reason::Semver));
                }
            }
            return Ok(false);
        }
        let Opts::Dep { wanted, default_features } = opts else {
            return Ok(false);
        };
        let default = default_name();
        let wants_default =
            *default_features && pool.summary(pkg).is_some_and(|s| s.features().contains_key(&default));
        Ok(match self.state.features(pkg) {
            Some(on) => {
                wanted.0.iter().all(|name| on.contains(*name)) && (!wants_default || on.contains(default))
            }
            None => wanted.0.is_empty() && !wants_default,
        })
    }
}

/// The next candidate that goes with what was chosen up to `view`, and whether there is one after it. What is in the
/// way of those that do not go is added to `conflict`.
fn next(
    remaining: &mut Remaining,
    conflict: &mut Conflict,
    view: Age,
    state: &State,
    market: &mut Market<'_>,
) -> Option<(Pkg, bool)> {
    while let Some(&pkg) = remaining.list.get(remaining.at) {
        remaining.at += 1;
        if state.has_links()
            && let Some(library) = market.pool.links(pkg)
            && let Some((other, since)) = state.linker(library)
            && since <= view
            && other != pkg
        {
            conflict.entry(other).or_insert(Reason::Links(library));
            continue;
        }
        if let Some((other, since)) = state.holder(market.pool.key(pkg))
            && since <= view
            && other != pkg
        {
            conflict.entry(other).or_insert(Reason::Semver);
            continue;
        }
        if let Some(ready) = remaining.stashed.replace(pkg) {
            return Some((ready, true));
        }
    }
    remaining.stashed.take().map(|pkg| (pkg, false))
}
