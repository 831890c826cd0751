//! Fresh or dirty, on real files: what must not cause a rebuild, and what must.

use std::path::{Path, PathBuf};

use dhow_fs::{FileTime, TempDir};
use dhow_target::{
    Clock, DependencyRecord, DirtyReason, EnvRecord, Facts, FingerprintRecord, InputRecord, Observer,
    UnitPlace, Verdict, check, load_record, save_record,
};

const KEY: [u8; 32] = [1; 32];

/// A unit that reads `src/*` and makes `deps/out`.
struct Project {
    dir: TempDir,
    place: UnitPlace,
}

impl Project {
    fn new() -> Self {
        let dir = TempDir::anywhere().unwrap();
        let place = UnitPlace {
            out_dir: dir.path().join("deps"),
            record_dir: dir.path().join("fp"),
            artifact_dir: dir.path().to_owned(),
        };
        for made in [&place.out_dir, &place.record_dir, &dir.path().join("src")] {
            dhow_fs::create_dir_all(made).unwrap();
        }
        let project = Self { dir, place };
        project.write("src/a.rs", "a");
        project.write("src/b.rs", "b");
        project.write("deps/out", "output");
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        dhow_fs::write_atomic(&self.path(name), content.as_bytes()).unwrap();
    }

    /// Writes into the same file, keeping its inode and its time: what an edit within one tick of the clock looks like.
    fn overwrite_unnoticed(&self, name: &str, content: &str) {
        use std::io::Write as _;
        let path = self.path(name);
        let time = dhow_fs::stat(&path).unwrap().unwrap().mtime;
        let mut file = dhow_fs::create_file(&path).unwrap();
        file.write_all(content.as_bytes()).unwrap();
        drop(file);
        dhow_fs::set_mtime(&path, time).unwrap();
    }

    fn clock(&self) -> Clock {
        Clock::now(&self.path("clock")).unwrap()
    }

    /// A clock that is surely later than everything that was written before.
    fn later(&self) -> Clock {
        let before = self.clock();
        loop {
            let now = self.clock();
            if now > before {
                return now;
            }
        }
    }

    fn made_from(&self, inputs: Vec<InputRecord>) -> FingerprintRecord {
        let output = Observer::default().output(&self.place.out_dir, "out").unwrap();
        let record = FingerprintRecord {
            key: KEY,
            dependencies: vec![DependencyRecord { key: [2; 32], hash: [3; 32] }],
            inputs,
            env: vec![EnvRecord { name: "VAR".into(), value: Some("value".into()) }],
            outputs: vec![output],
            ..FingerprintRecord::default()
        };
        save_record(&self.place, &record).unwrap();
        record
    }

    /// Made just now from the two sources, which are older.
    fn make(&self) -> FingerprintRecord {
        let start = self.later();
        let observer = Observer::default();
        let input = |name: &str| observer.input(&self.path(name), start, None, false).unwrap();
        self.made_from(vec![input("src/a.rs"), input("src/b.rs")])
    }

    fn make_from_tree(&self, package: bool) {
        let start = self.later();
        let observer = Observer::default();
        let root = self.path("src");
        let tree = match package {
            true => observer.package(&root, start),
            false => observer.input(&root, start, None, false),
        };
        self.made_from(vec![tree.unwrap()]);
    }

    fn decide_with(&self, env: Option<&str>, dependency: [u8; 32]) -> Option<DirtyReason> {
        let facts = Facts {
            key: KEY,
            dependencies: &[DependencyRecord { key: [2; 32], hash: dependency }],
            env: &|name| env.filter(|_| name == "VAR").map(str::to_owned),
            place: &self.place,
            now: self.later(),
        };
        match check(load_record(&self.place).unwrap(), &facts, &Observer::default()).unwrap() {
            Verdict::Fresh(_) => None,
            Verdict::Dirty(reason) => Some(reason),
        }
    }

    fn decide(&self) -> Option<DirtyReason> {
        self.decide_with(Some("value"), [3; 32])
    }
}

#[test]
fn nothing_changed_is_fresh() {
    let project = Project::new();
    project.make();
    assert_eq!(project.decide(), None);
}

#[test]
fn new_times_and_inodes_without_new_content_are_fresh() {
    let project = Project::new();
    project.make();
    for time in [1, 4_000_000_000] {
        dhow_fs::set_mtime(&project.path("src/a.rs"), FileTime { secs: time, nanos: 0 }).unwrap();
        assert_eq!(project.decide(), None, "touched with {time}");
    }
    project.write("src/b.rs", "other");
    project.write("src/b.rs", "b");
    assert_eq!(project.decide(), None, "there and back");
    project.write("deps/out", "output");
    assert_eq!(project.decide(), None, "the same output in another file");
}

#[test]
fn stats_are_refreshed_after_hashing() {
    let project = Project::new();
    project.make();
    dhow_fs::set_mtime(&project.path("src/a.rs"), FileTime { secs: 7, nanos: 0 }).unwrap();
    assert_eq!(project.decide(), None);
    let InputRecord::File(file) = &load_record(&project.place).unwrap().inputs[0] else { panic!("a file") };
    assert_eq!(file.stat.mtime, (7, 0));
}

#[test]
fn edits_are_seen() {
    let project = Project::new();
    project.make();
    project.write("src/b.rs", "longer");
    assert_eq!(project.decide(), Some(DirtyReason::InputChanged(project.path("src/b.rs"))));
    project.write("src/b.rs", "x");
    assert_eq!(project.decide(), Some(DirtyReason::InputChanged(project.path("src/b.rs"))), "the same size");
    project.write("src/b.rs", "b");
    assert_eq!(project.decide(), None, "and back");
    project.overwrite_unnoticed("src/a.rs", "z");
    assert_eq!(
        project.decide(),
        Some(DirtyReason::InputChanged(project.path("src/a.rs"))),
        "the same size and time"
    );
    dhow_fs::remove_file(&project.path("src/a.rs")).unwrap();
    assert_eq!(project.decide(), Some(DirtyReason::InputMissing(project.path("src/a.rs"))));
}

#[test]
fn an_edit_in_the_tick_of_the_start_is_not_trusted() {
    let project = Project::new();
    let start = project.clock();
    // Edited while the unit is being made: nobody knows which content was read.
    project.write("src/a.rs", "c");
    let observer = Observer::default();
    let input = observer.input(&project.path("src/a.rs"), start, None, false).unwrap();
    project.made_from(vec![input]);
    assert_eq!(project.decide(), Some(DirtyReason::InputUnsettled(project.path("src/a.rs"))));
}

#[test]
fn what_was_generated_just_before_is_settled_but_compared_by_content() {
    let project = Project::new();
    let start = project.clock();
    project.write("src/a.rs", "generated");
    let observer = Observer::default();
    let input = observer.input(&project.path("src/a.rs"), start, None, true).unwrap();
    project.made_from(vec![input]);
    assert_eq!(project.decide(), None);
    project.overwrite_unnoticed("src/a.rs", "GENERATED");
    assert_eq!(project.decide(), Some(DirtyReason::InputChanged(project.path("src/a.rs"))));
}

#[test]
fn outputs_must_be_what_was_made() {
    let project = Project::new();
    project.make();
    project.write("deps/out", "OUTPUT");
    assert_eq!(project.decide(), Some(DirtyReason::OutputChanged(project.path("deps/out"))));
    project.write("deps/out", "half");
    assert_eq!(project.decide(), Some(DirtyReason::OutputChanged(project.path("deps/out"))));
    dhow_fs::remove_file(&project.path("deps/out")).unwrap();
    assert_eq!(project.decide(), Some(DirtyReason::OutputMissing(project.path("deps/out"))));
}

#[test]
fn a_second_name_for_an_output_changes_nothing() {
    let project = Project::new();
    project.make();
    dhow_fs::hard_link(&project.path("deps/out"), &project.path("app")).unwrap();
    assert_eq!(project.decide(), None);
}

#[test]
fn variables_and_dependencies_count() {
    let project = Project::new();
    project.make();
    let changed = |is: Option<&str>| {
        let (was, is) = (Some("value".to_owned()), is.map(str::to_owned));
        Some(DirtyReason::EnvChanged { name: "VAR".into(), was, is })
    };
    assert_eq!(project.decide_with(None, [3; 32]), changed(None));
    assert_eq!(project.decide_with(Some(""), [3; 32]), changed(Some("")));
    assert_eq!(
        project.decide_with(Some("value"), [4; 32]),
        Some(DirtyReason::DependencyChanged { key: [2; 32] })
    );
}

#[test]
fn a_watched_directory_counts_with_everything_below() {
    let project = Project::new();
    dhow_fs::create_dir_all(&project.path("src/deep/er")).unwrap();
    project.write("src/deep/er/c", "c");
    project.make_from_tree(false);
    assert_eq!(project.decide(), None);
    dhow_fs::set_mtime(&project.path("src/deep"), FileTime { secs: 5, nanos: 0 }).unwrap();
    assert_eq!(project.decide(), None, "the time of a directory");
    project.write("src/deep/er/c", "C");
    assert_eq!(project.decide(), Some(DirtyReason::InputChanged(project.path("src/deep/er/c"))));
    project.write("src/deep/er/c", "c");
    project.write("src/deep/new", "");
    assert_eq!(project.decide(), Some(DirtyReason::InputAppeared(project.path("src/deep/new"))));
    dhow_fs::remove_file(&project.path("src/deep/new")).unwrap();
    dhow_fs::remove_file(&project.path("src/b.rs")).unwrap();
    assert_eq!(project.decide(), Some(DirtyReason::InputMissing(project.path("src/b.rs"))));
}

#[test]
fn a_package_ends_where_other_things_begin() {
    let project = Project::new();
    for (dir, file) in [("src/other", "Cargo.toml"), ("src/target", "CACHEDIR.TAG"), ("src/.git", "HEAD")] {
        dhow_fs::create_dir_all(&project.path(dir)).unwrap();
        project.write(&format!("{dir}/{file}"), "x");
    }
    project.make_from_tree(true);
    for file in ["src/other/lib.rs", "src/target/app", "src/.git/index"] {
        project.write(file, "new");
    }
    assert_eq!(project.decide(), None);
    let skipping = Observer::new(vec![project.path("src/out")]);
    dhow_fs::create_dir_all(&project.path("src/out")).unwrap();
    project.write("src/out/new", "x");
    let InputRecord::Tree { files, .. } = skipping.package(&project.path("src"), project.later()).unwrap()
    else {
        panic!("a tree")
    };
    assert_eq!(files.len(), 2, "what we are told to skip is no input");
    dhow_fs::remove_dir_all(&project.path("src/out")).unwrap();
    project.write("src/Cargo.toml", "its own");
    assert_eq!(project.decide(), Some(DirtyReason::InputAppeared(project.path("src/Cargo.toml"))));
}

#[test]
fn watching_what_does_not_exist_means_always() {
    let project = Project::new();
    let missing = project.path("src/none");
    let input = Observer::default().input(&missing, project.later(), None, false).unwrap();
    project.made_from(vec![input]);
    assert_eq!(project.decide(), Some(DirtyReason::RerunFileMissing(missing.clone())));
    project.write("src/none", "");
    assert_eq!(project.decide(), Some(DirtyReason::InputAppeared(missing)));
}

#[test]
fn a_torn_record_is_no_record() {
    let project = Project::new();
    project.make();
    let bytes = dhow_fs::read(&project.place.record()).unwrap();
    dhow_fs::write_atomic(&project.place.record(), &bytes[..bytes.len() - 1]).unwrap();
    assert!(load_record(&project.place).is_none());
    assert!(
        load_record(&UnitPlace { record_dir: Path::new("/none").into(), ..project.place.clone() }).is_none()
    );
}
