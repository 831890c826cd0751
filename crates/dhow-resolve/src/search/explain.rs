//! From a failed search to the data that tells why: who wants what by which path, and what became of each candidate.

use std::task::Poll;

use dhow_model::{Dependency, InternedString, PackageId};

use super::candidates::answer;
use super::conflicts::Reason;
use super::pool::{DepNo, Pkg};
use super::requirements::Missing;
use super::solve::{Attempt, Failure, Search};
use crate::error::{NoSolution, Rejected, RejectedReason, ResolveError, Step};
use crate::features::FeatureError;
use crate::names::FastSet;
use crate::names::similar;

/// Tells why. `Pending` if the provider is still to say whether there is a similar name.
pub(crate) fn explain(search: &mut Search<'_, '_>, failure: Failure) -> Poll<ResolveError> {
    let pool = &search.market.pool;
    Poll::Ready(match failure {
        Failure::NoSolution(attempt) => match no_solution(search, &attempt) {
            Poll::Ready(reasons) => ResolveError::NoSolution(Box::new(reasons)),
            Poll::Pending => return Poll::Pending,
        },
        Failure::Provider { dep, parent, error } => ResolveError::Provider {
            dep: Box::new(pool.dep(dep).clone()),
            parent: pool.id(parent),
            source: error,
        },
        Failure::MemberFeature(pkg, missing) | Failure::FeatureCycle(pkg, missing) => {
            member_feature(search, pkg, missing)
        }
        Failure::Links(one, other) => {
            let (ids, library) = ((pool.id(one), pool.id(other)), search.market.pool.links(other));
            ResolveError::Links(ids.0, ids.1, library.unwrap_or_else(|| InternedString::new("?")))
        }
    })
}

fn member_feature(search: &Search<'_, '_>, pkg: Pkg, missing: Missing) -> ResolveError {
    let id = search.market.pool.id(pkg);
    let features: Vec<InternedString> =
        search.market.pool.summary(pkg).map(|s| s.features().keys().copied().collect()).unwrap_or_default();
    ResolveError::Features(match missing {
        Missing::Feature(name) => FeatureError::Unknown {
            features: vec![name.to_string()],
            packages: vec![id.name()],
            suggestions: similar(&name, features.iter().map(|f| f.as_str())),
            others: Vec::new(),
        },
        Missing::Hidden(name) => FeatureError::Hidden { package: id.name(), name },
        Missing::NotOptional(name) => FeatureError::NotOptional { package: id.name(), name },
        Missing::Dependency(name) => FeatureError::NoDependency { package: id.name(), name },
        Missing::Cycle(name) => FeatureError::Cycle { package: id.name(), name },
    })
}

fn no_solution(search: &mut Search<'_, '_>, attempt: &Attempt) -> Poll<NoSolution> {
    let ask = std::rc::Rc::clone(&search.market.pool.asked(attempt.dep).ask);
    let dep = ask.dep.clone().with_source(ask.source);
    let mut releases: Vec<Pkg> = match answer(&mut search.market.pool, search.provider, &dep) {
        Poll::Ready(Ok(range)) => range.collect(),
        _ => Vec::new(),
    };
    let candidates = search.market.pool.asked(attempt.dep).candidates.clone();
    releases.extend(candidates.iter().flat_map(|list| list.iter()).copied());
    let pool = &search.market.pool;
    releases.sort_by(|a, b| pool.version(*b).cmp(pool.version(*a)).then(a.cmp(b)));
    releases.dedup();
    let mut rejected = Vec::new();
    for pkg in releases {
        let usable = candidates.as_ref().is_some_and(|list| list.contains(&pkg));
        let reason = if usable {
            beside_others(search, attempt, pkg)
        } else if search.market.pool.is_yanked(pkg) && ask.accepts(search.market.pool.version(pkg)) {
            RejectedReason::Yanked
        } else {
            RejectedReason::Version
        };
        rejected.push(Rejected { version: search.market.pool.version(pkg).clone(), reason });
    }
    let mut suggestions = Vec::new();
    if rejected.is_empty() {
        match other_spellings(search, &dep) {
            Poll::Ready(found) => suggestions = found,
            Poll::Pending => return Poll::Pending,
        }
    }
    Poll::Ready(NoSolution {
        path: path(search, attempt.parent),
        locked: ask.locked.cloned(),
        dep: ask.dep.clone(),
        rejected,
        suggestions,
    })
}

/// Why a candidate that satisfies the requirement does not go with the rest.
fn beside_others(search: &mut Search<'_, '_>, attempt: &Attempt, pkg: Pkg) -> RejectedReason {
    // What a release lacks by itself explains more than what else is there by now.
    if let Some(Reason::Features(Missing::Feature(name))) = attempt.conflict.get(&attempt.parent) {
        let offers = offers(search, pkg);
        if !offers.contains(name) {
            return RejectedReason::MissingFeature(*name, similar(name, offers.iter().map(|f| f.as_str())));
        }
    }
    if let Some(library) = search.market.pool.links(pkg)
        && let Some((other, _)) = search.state.linker(library)
        && other != pkg
    {
        return RejectedReason::Links(library, path(search, other));
    }
    if let Some((other, _)) = search.state.holder(search.market.pool.key(pkg))
        && other != pkg
    {
        return RejectedReason::Semver(path(search, other));
    }
    match attempt.conflict.get(&attempt.parent) {
        Some(Reason::Features(Missing::Feature(name) | Missing::Dependency(name) | Missing::Cycle(name))) => {
            RejectedReason::MissingFeature(
                *name,
                similar(name, offers(search, pkg).iter().map(|f| f.as_str())),
            )
        }
        Some(Reason::Features(Missing::Hidden(name))) => RejectedReason::HiddenDependency(*name),
        Some(Reason::Features(Missing::NotOptional(name))) => RejectedReason::RequiredDependency(*name),
        Some(Reason::Unusable) => RejectedReason::Unusable,
        _ => RejectedReason::Dependencies,
    }
}

fn offers(search: &Search<'_, '_>, pkg: Pkg) -> Vec<InternedString> {
    let summary = search.market.pool.summary(pkg);
    summary.map(|summary| summary.features().keys().copied().collect()).unwrap_or_default()
}

/// Who asked for a package, and who for that, up to a member.
fn path(search: &Search<'_, '_>, pkg: Pkg) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut seen = FastSet::from_iter([pkg]);
    let mut at = pkg;
    let mut by: Option<DepNo> = None;
    let id = |pkg: Pkg| -> PackageId { search.market.pool.id(pkg) };
    loop {
        steps.push(Step { package: id(at), dep: by.map(|dep| search.market.pool.dep(dep).clone()) });
        let Some(edge) = search.state.edges_of(at).find(|edge| seen.insert(edge.parent)) else {
            return steps;
        };
        (at, by) = (edge.parent, Some(edge.dep));
    }
}

/// `foo-bar` is often meant where `foo_bar` is written.
fn other_spellings(search: &mut Search<'_, '_>, dep: &Dependency) -> Poll<Vec<String>> {
    let name = dep.package_name();
    let mut spellings = vec![name.replace('_', "-"), name.replace('-', "_"), name.to_lowercase()];
    spellings.sort();
    spellings.dedup();
    spellings.retain(|spelling| *spelling != *name);
    let mut pending = false;
    spellings.retain(|spelling| {
        let other = Dependency::new(spelling.as_str(), dep.source());
        match answer(&mut search.market.pool, search.provider, &other) {
            Poll::Ready(answer) => answer.is_ok_and(|range| !range.is_empty()),
            Poll::Pending => {
                pending = true;
                false
            }
        }
    });
    if pending { Poll::Pending } else { Poll::Ready(spellings) }
}
