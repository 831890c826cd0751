//! Which release of a package could be had instead of the one that was chosen.

use dhow_model::PartialVersion;
use dhow_resolve::{Precise, Releases};
use semver::{Comparator, Op, Version, VersionReq};

use super::LockRemark;
use super::changes::Change;

/// The newest release that is worth a remark: compatible ones before others (which count only where a member may ask
/// for them; where one version is wished for, no other), those for `required` before those that need a newer Rust.
pub(super) fn available(
    releases: &dyn Releases,
    change: &Change,
    required: Option<&PartialVersion>,
    wish: Option<&Precise>,
) -> Option<LockRemark> {
    let current = change.id.version();
    let compatible = caret(current);
    let is_compatible = |v: &Version| v != current && compatible.matches(v);
    let is_latest = |v: &Version| change.is_direct && is_latest(v, current);
    let mut choices: Vec<usize> = (0..releases.len())
        .filter(|at| !releases.is_yanked(*at))
        .filter(|at| wish.is_none_or(|wish| wish.is(releases.version(*at))))
        .filter(|at| is_compatible(releases.version(*at)) || is_latest(releases.version(*at)))
        .collect();
    // Offline, what is not here counts only if nothing is.
    if (0..releases.len()).any(|at| releases.is_at_hand(at)) {
        choices.retain(|at| releases.is_at_hand(*at));
    }
    choices.sort_by(|a, b| releases.version(*b).cmp(releases.version(*a)));
    let builds = |at: usize| match (releases.rust_version(at), required) {
        (Some(needs), Some(required)) => needs.is_compatible_with(required),
        _ => true,
    };
    let newest = |fits: &dyn Fn(&Version) -> bool, in_reach: bool| {
        let mut fitting = choices.iter().filter(|at| fits(releases.version(**at)));
        fitting.find(|at| !in_reach || builds(**at)).map(|at| LockRemark::Available {
            version: releases.version(*at).to_string(),
            requires: releases.rust_version(*at).filter(|_| !in_reach).map(|needs| needs.to_string()),
            in_reach,
        })
    };
    newest(&is_compatible, true)
        .or_else(|| newest(&is_latest, true))
        .or_else(|| newest(&is_compatible, false))
        .or_else(|| newest(&is_latest, false))
}

fn caret(version: &Version) -> VersionReq {
    let comparator = Comparator {
        op: Op::Caret,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    };
    VersionReq { comparators: vec![comparator] }
}

/// A prerelease counts only on the way to the release that it precedes.
fn is_latest(candidate: &Version, current: &Version) -> bool {
    let numbers = |v: &Version| (v.major, v.minor, v.patch);
    current < candidate && (candidate.pre.is_empty() || numbers(candidate) == numbers(current))
}
