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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dhow_model::{PackageId, SourceId, Summary};

    use super::super::ChangeKind;
    use super::*;

    /// Of releases, each with the Rust it needs (`-`: it does not say), what is said of `1.2.0`.
    #[track_caller]
    fn check(releases: &str, is_direct: bool, rust: Option<&str>, expected: &str) {
        let id =
            |version: &str| PackageId::new("a", version.parse().expect("a version"), SourceId::crates_io());
        let release = |text: &str| {
            let (version, rust) = text.split_once('/').unwrap_or((text, "-"));
            let yanked = version.ends_with('!');
            let summary = Summary::new(id(version.trim_end_matches('!')), Vec::new(), BTreeMap::new());
            summary.with_yanked(yanked).with_rust_version(rust.parse().ok())
        };
        let releases: Vec<Summary> = releases.split_whitespace().map(release).collect();
        let change = Change {
            id: id("1.2.0"),
            instead_of: None,
            kind: ChangeKind::Unchanged,
            is_member: false,
            is_direct,
        };
        let rust = rust.map(|text| text.parse().expect("a version"));
        let text = match available(&releases, &change, rust.as_ref(), None) {
            Some(LockRemark::Available { version, requires, in_reach }) => {
                format!(
                    "{version}{}{}",
                    requires.map(|r| format!("/{r}")).unwrap_or_default(),
                    if in_reach { "" } else { "?" }
                )
            }
            _ => "none".to_owned(),
        };
        assert_eq!(text, expected);
    }

    #[test]
    fn compatible_ones_come_first() {
        check("1.2.0", true, None, "none");
        check("1.0.0 1.2.0 1.2.1 1.3.0 2.0.0", true, None, "1.3.0");
        check("1.0.0 1.2.0", true, None, "none");
        check("1.2.0 2.0.0 3.0.0", true, None, "3.0.0");
        // Whoever is not depended on by a member has no requirement to change.
        check("1.2.0 2.0.0", false, None, "none");
    }

    #[test]
    fn yanked_ones_and_prereleases_are_not_offered() {
        check("1.2.0 1.3.0!", true, None, "none");
        check("1.2.0 2.0.0-rc.1", true, None, "none");
        check("1.2.0 1.3.0-rc.1", false, None, "none");
    }

    #[test]
    fn what_the_rust_at_hand_builds_comes_first() {
        check("1.2.0 1.3.0/1.60 1.4.0/1.90", true, Some("1.70"), "1.3.0");
        check("1.2.0 1.4.0/1.90 2.0.0/1.60", true, Some("1.70"), "2.0.0");
        check("1.2.0 1.4.0/1.90 2.0.0/1.95", true, Some("1.70"), "1.4.0/1.90?");
        check("1.2.0 2.0.0/1.95", true, Some("1.70"), "2.0.0/1.95?");
        check("1.2.0 1.4.0/1.90", true, None, "1.4.0");
    }
}
