//! Each thing that makes a package be installed again, and each that does not.

use dhow_model::SourceId;
use semver::Version;

use super::*;

fn id(name: &str, version: u64) -> PackageId {
    PackageId::new(name, Version::new(version, 0, 0), SourceId::crates_io())
}

fn proposal(version: u64, bins: &[&str]) -> Proposal {
    let bins = bins.iter().map(|bin| (*bin).to_owned()).collect();
    let install = Install { target: Some("here".into()), ..Install::with_bins(bins) };
    Proposal { id: id("tool", version), install, force: false }
}

fn installed(proposal: &Proposal) -> Installs {
    let mut installs = Installs::default();
    mark(&mut installs, proposal, &proposal.install.bins);
    installs
}

fn present(installs: &Installs, bins: &[&str]) -> Present {
    bins.iter().map(|bin| ((*bin).to_owned(), owner(installs, bin))).collect()
}

#[track_caller]
fn check(have: &Proposal, want: &Proposal, expect: Verdict) {
    let installs = installed(have);
    let there: Vec<&str> =
        want.install.bins.iter().map(String::as_str).filter(|bin| have.install.bins.contains(*bin)).collect();
    assert_eq!(judge(&installs, want, &present(&installs, &there)).expect("no conflict"), expect);
}

#[test]
fn the_same_is_up_to_date_and_what_differs_is_installed() {
    let have = proposal(1, &["tool"]);
    check(&have, &have, Verdict::UpToDate);
    check(&have, &proposal(2, &["tool"]), Verdict::Install);
    check(&have, &proposal(1, &["tool", "more"]), Verdict::Install);
    check(&have, &proposal(1, &["other"]), Verdict::Install);
    let changed = |change: fn(&mut Proposal)| {
        let mut want = have.clone();
        change(&mut want);
        want
    };
    check(&have, &changed(|p| p.force = true), Verdict::Install);
    check(&have, &changed(|p| p.install.features.extend(["f".to_owned()])), Verdict::Install);
    check(&have, &changed(|p| p.install.all_features = true), Verdict::Install);
    check(&have, &changed(|p| p.install.no_default_features = true), Verdict::Install);
    check(&have, &changed(|p| p.install.profile = "dev".into()), Verdict::Install);
    check(&have, &changed(|p| p.install.target = Some("there".into())), Verdict::Install);
    check(&have, &changed(|p| p.install.rustc = Some("newer".into())), Verdict::UpToDate);
    check(&have, &changed(|p| p.install.version_req = Some("=1".into())), Verdict::UpToDate);
    check(&changed(|p| p.install.target = None), &have, Verdict::UpToDate);
}

#[test]
fn directories_and_other_commits_are_installed_again() {
    let source = |text: &str| SourceId::parse(text).expect("a source");
    let with = |text: &str| {
        let mut proposal = proposal(1, &["tool"]);
        proposal.id = proposal.id.with_source(source(text));
        proposal
    };
    check(&with("path+file:///a"), &with("path+file:///a"), Verdict::Install);
    check(&with("git+file:///a#01"), &with("git+file:///a#01"), Verdict::UpToDate);
    check(&with("git+file:///a#01"), &with("git+file:///a#02"), Verdict::Install);
    check(&with("git+file:///a#01"), &proposal(1, &["tool"]), Verdict::Install);
}

#[test]
fn programs_of_others_are_conflicts() {
    let installs = installed(&proposal(1, &["tool"]));
    let other = Proposal { id: id("other", 1), ..proposal(1, &["tool", "stray"]) };
    let there = present(&installs, &["stray", "tool"]);
    let error = judge(&installs, &other, &there).expect_err("a conflict");
    let InstallError::Conflict { programs } = &error else { panic!("{error}") };
    assert_eq!(programs.as_slice(), [("stray".into(), None), ("tool".into(), Some(id("tool", 1)))]);
    assert_eq!(
        judge(&installs, &Proposal { force: true, ..other }, &there).expect("forced"),
        Verdict::Install
    );
}

#[test]
fn programs_change_hands() {
    let mut installs = installed(&proposal(1, &["more", "tool"]));
    let other = Proposal { id: id("other", 1), ..proposal(1, &["tool"]) };
    mark(&mut installs, &other, &other.install.bins);
    assert_eq!(owner(&installs, "tool"), Some(id("other", 1)));
    assert_eq!(owner(&installs, "more"), Some(id("tool", 1)));
    let both = Proposal { id: id("third", 1), ..proposal(1, &["more", "tool"]) };
    mark(&mut installs, &both, &both.install.bins);
    assert_eq!(installs.packages.keys().copied().collect::<Vec<_>>(), [id("third", 1)]);
    remove(&mut installs, id("third", 1), &["more".to_owned()].into());
    assert_eq!(owner(&installs, "more"), None);
    remove(&mut installs, id("third", 1), &["tool".to_owned()].into());
    assert!(installs.packages.is_empty());
}

#[test]
fn a_second_program_joins_the_first() {
    let mut installs = installed(&proposal(1, &["one"]));
    let kept = ("a_note".to_owned(), "x".into());
    installs.packages.get_mut(&id("tool", 1)).expect("is there").other.extend([kept]);
    let mut second = proposal(1, &["two"]);
    second.install.profile = "dev".into();
    mark(&mut installs, &second, &second.install.bins);
    let install = &installs.packages[&id("tool", 1)];
    assert_eq!(install.bins, ["one".to_owned(), "two".to_owned()].into());
    assert_eq!((install.profile.as_str(), install.other.len()), ("dev", 1));
}
