//! Changes that are made, that fail, and that are cut off at each point.

use std::collections::BTreeMap;

use dhow_formats::installs::Install;
use dhow_model::{PackageId, SourceId};

use super::*;
use crate::install_root::InstallRoot;

struct Place {
    dir: dhow_fs::TempDir,
    root: InstallRoot,
}

fn place() -> Place {
    let dir = dhow_fs::TempDir::anywhere().expect("temp dir");
    let root = InstallRoot::new(dir.path().join("root"));
    Place { dir, root }
}

fn installs(version: u64, bins: &[&str]) -> Installs {
    let id = PackageId::new("tool", semver::Version::new(version, 0, 0), SourceId::crates_io());
    let install = Install::with_bins(bins.iter().map(|bin| (*bin).to_owned()).collect());
    Installs { packages: BTreeMap::from([(id, install)]), other: BTreeMap::new() }
}

impl Place {
    fn built(&self, name: &str, content: &str) -> Program {
        let from = self.dir.path().join(format!("built-{name}"));
        dhow_fs::write(&from, content.as_bytes()).expect("writes");
        Program { name: name.to_owned(), from, movable: true }
    }

    fn change(
        &self,
        programs: &[Program],
        remove: &[&str],
        installs: &Installs,
    ) -> Result<Vec<String>, InstallRootError> {
        let remove: Vec<String> = remove.iter().map(|name| (*name).to_owned()).collect();
        let mut told = Vec::new();
        let mut guard = self.root.lock(&|_| {})?;
        guard.change(&Change { programs, remove: &remove, installs }, &mut |step| {
            let (verb, path) = match step {
                Step::Placing(path) => ("new", path),
                Step::Replacing(path) => ("replace", path),
                Step::Removing(path) => ("remove", path),
            };
            told.push(format!("{verb} {}", path.file_name().expect("a name").display()));
        })?;
        Ok(told)
    }

    /// The programs with their content, and what is installed.
    fn state(&self) -> (Vec<(String, String)>, Installs) {
        let installs = self.root.lock(&|_| {}).expect("locks").installs().clone();
        let mut programs = Vec::new();
        for entry in dhow_fs::list_dir_optional(&self.root.bin()).expect("lists").unwrap_or_default() {
            let name = entry.file_name.to_str().expect("a name").to_owned();
            programs.push((name, dhow_fs::read_to_string(&entry.path).expect("a program")));
        }
        (programs, installs)
    }

    fn staging(&self) -> PathBuf {
        self.root.bin().join(".dhow-install")
    }

    /// As somebody leaves it who is killed after the decision to replace `a`, add `b` and remove `c`.
    fn cut_off(&self, staged: &[&str]) -> InstallChange {
        self.change(&[self.built("a", "a1"), self.built("c", "c1")], &[], &installs(1, &["a", "c"]))
            .expect("installs");
        dhow_fs::create_dir_all(&self.staging().join("new")).expect("makes");
        for name in ["a", "b"] {
            let place = match staged.contains(&name) {
                true => self.staging().join("new").join(name),
                false => self.root.program(name),
            };
            dhow_fs::write(&place, format!("{name}2").as_bytes()).expect("writes");
        }
        let after = installs(2, &["a", "b"]);
        let change = InstallChange {
            version: InstallChange::VERSION,
            place: vec!["a".into(), "b".into()],
            remove: vec!["c".into()],
            v1_before: installs(1, &["a", "c"]).v1_text().expect("text"),
            v1: after.v1_text().expect("text"),
            v2: after.v2_text().expect("text"),
        };
        self.decide(&change);
        change
    }

    fn decide(&self, change: &InstallChange) {
        let path = self.staging().join(install_change::FILE_NAME);
        dhow_fs::write(&path, &change.to_json().expect("json")).expect("writes");
    }

    fn v1(&self) -> PathBuf {
        self.root.bin().with_file_name(".crates.toml")
    }

    #[track_caller]
    fn check(&self, programs: &[(&str, &str)], installs: &Installs) {
        let programs: Vec<_> =
            programs.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect();
        assert_eq!(self.state(), (programs, installs.clone()));
    }
}

#[test]
fn programs_come_are_replaced_and_go() {
    let place = place();
    let one = installs(1, &["a", "c"]);
    let told = place.change(&[place.built("a", "a1"), place.built("c", "c1")], &[], &one).expect("installs");
    assert_eq!(told, ["new a", "new c"]);
    place.check(&[("a", "a1"), ("c", "c1")], &one);
    let two = installs(2, &["a", "b"]);
    let programs = [place.built("b", "b2"), place.built("a", "a2")];
    let told = place.change(&programs, &["c", "gone"], &two).expect("installs");
    assert_eq!(told, ["new b", "replace a", "remove c"]);
    place.check(&[("a", "a2"), ("b", "b2")], &two);
    assert!(programs.iter().all(|program| dhow_fs::stat(&program.from).expect("stats").is_none()));
}

#[test]
fn what_fails_leaves_all_as_it_was() {
    let place = place();
    let one = installs(1, &["a"]);
    place.change(&[place.built("a", "a1")], &[], &one).expect("installs");
    let two = installs(2, &["a", "b"]);
    // A program that was not built.
    let missing = Program { name: "b".into(), from: place.dir.path().join("nowhere"), movable: true };
    place.change(&[place.built("a", "a2"), missing], &[], &two).expect_err("there is no b");
    place.check(&[("a", "a1")], &one);
    // Something else that is to be removed: a directory, which is met after the programs have been moved.
    dhow_fs::create_dir_all(&place.root.bin().join("dir/inner")).expect("makes");
    let programs = [place.built("a", "a2"), place.built("b", "b2")];
    place.change(&programs, &["dir"], &two).expect_err("a directory is no program");
    dhow_fs::remove_dir_all(&place.root.bin().join("dir")).expect("removes");
    place.check(&[("a", "a1")], &one);
    dhow_fs::create_dir_all(&place.root.bin().join("b")).expect("makes");
    let in_the_way = place.change(&programs, &[], &two).expect_err("a directory is in the way");
    assert!(matches!(in_the_way, InstallRootError::InTheWay { .. }), "{in_the_way}");
}

#[test]
fn what_was_decided_is_finished_wherever_it_was_cut_off() {
    for staged in [&["a", "b"][..], &["b"], &[]] {
        let place = place();
        place.cut_off(staged);
        place.check(&[("a", "a2"), ("b", "b2")], &installs(2, &["a", "b"]));
    }
    // The older file was being written.
    for torn in ["", "[v1]\n\"tool 2.0.0 (regis"] {
        let place = place();
        let mut change = place.cut_off(&[]);
        if torn.is_empty() {
            change.v1_before.clear();
            place.decide(&change);
        }
        dhow_fs::write(&place.v1(), torn.as_bytes()).expect("writes");
        place.check(&[("a", "a2"), ("b", "b2")], &installs(2, &["a", "b"]));
    }
}

#[test]
fn what_was_not_decided_or_is_out_of_date_is_left_alone() {
    let place = place();
    place.cut_off(&["a", "b"]);
    dhow_fs::remove_file(&place.staging().join(install_change::FILE_NAME)).expect("removes");
    place.check(&[("a", "a1"), ("c", "c1")], &installs(1, &["a", "c"]));
    let other = installs(3, &["a", "c"]);
    place.cut_off(&["a", "b"]);
    dhow_fs::write(&place.v1(), other.v1_text().expect("text").as_bytes()).expect("writes");
    place.check(&[("a", "a1"), ("c", "c1")], &other);
}

#[test]
fn names_that_lead_elsewhere_are_not_followed() {
    let place = place();
    let change = place.cut_off(&["a", "b"]);
    let outside = place.dir.path().join("outside");
    dhow_fs::write(&outside, b"x").expect("writes");
    place.decide(&InstallChange { remove: vec!["../../outside".into()], ..change });
    place.check(&[("a", "a1"), ("c", "c1")], &installs(1, &["a", "c"]));
    assert!(dhow_fs::stat(&outside).expect("stats").is_some());
}

#[test]
fn untracked_programs_leave_no_word() {
    let place = place();
    place.root.place_untracked(&[place.built("a", "a1")], &mut |_| {}).expect("installs");
    assert!(dhow_fs::stat(&place.v1()).expect("stats").is_none());
    let names: Vec<_> = dhow_fs::list_dir(&place.root.bin()).expect("lists");
    assert_eq!(names.len(), 1, "{names:?}");
}
