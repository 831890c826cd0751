//! Killed at any moment, the next build does what is missing and nothing half-made is used.

use std::path::PathBuf;
use std::time::Duration;

use dhow_fs::TempDir;

use crate::fake::Fake;

fn project(dir: PathBuf) -> Fake {
    let mut fake = Fake::at(dir);
    fake.script("build", "echo cargo::rerun-if-changed=lib.rs; sleep 0.01; echo cargo::rustc-env=SAID=done");
    fake.lib_with_script("a", "build");
    fake.lib("b", &["a"]);
    fake.lib("c", &["a"]);
    fake.lib("d", &["b", "c"]);
    fake.bin("app", &["d"]);
    fake.env.insert("SLOW".into(), "0.01".into());
    fake
}

const EXPECTED: &str = "pub app\nbody\npub a\nbody\nsaid: done\npub b\nbody\nsaid: \npub c\nbody\nsaid: \n\
                        pub d\nbody\nsaid: \nsaid: \n";

/// Half of the next test: a build that is going to be killed.
#[test]
#[ignore = "half of another test"]
#[expect(clippy::disallowed_methods, reason = "the other half says where")]
fn build_to_be_killed() {
    let root = PathBuf::from(std::env::var_os("DHOW_TEST_DIR").unwrap());
    project(root).ran();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it starts itself again, to be killed")]
fn after_a_kill_the_next_build_is_right() {
    let mut half_done = 0;
    for round in 0..50 {
        let dir = TempDir::anywhere().unwrap();
        let fake = project(dir.path().to_owned());
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "killed::build_to_be_killed"])
            .env("DHOW_TEST_DIR", dir.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 + 3 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let before = dhow_fs::read_to_string_optional(&dir.path().join("log")).unwrap().unwrap_or_default();
        let ran = fake.ran();
        assert_eq!(
            dhow_fs::read_to_string(&dir.path().join("target/debug/app")).unwrap(),
            EXPECTED,
            "{before}"
        );
        assert!(fake.ran().is_empty(), "complete now");
        half_done += u32::from(!before.is_empty() && ran.len() < 6 && !ran.is_empty());
    }
    assert!(half_done > 0, "no round was killed in the middle: this test proves nothing");
}
