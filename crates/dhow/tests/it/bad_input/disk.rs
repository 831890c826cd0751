//! A full disk: a small tmpfs, which only root can mount; without that the tests say so and pass.

use std::path::PathBuf;
use std::process::Command;

use dhow_testkit::{Registry, Sandbox};

use super::nothing_half_made;
use crate::support::{cmd, noise, ok, run};

/// A tmpfs, unmounted in the end.
struct SmallDisk {
    dir: PathBuf,
    _sandbox: Sandbox,
}

impl SmallDisk {
    /// `None` where mounting is not allowed.
    fn new(size: &str) -> Option<Self> {
        let sandbox = Sandbox::new();
        let dir = sandbox.root().join("disk");
        std::fs::create_dir_all(&dir).expect("a mount point");
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], &dir);
        if !mounted {
            eprintln!("skipped: mounting a tmpfs is not allowed here");
        }
        mounted.then_some(Self { dir, _sandbox: sandbox })
    }

    fn grow(&self, size: &str) {
        assert!(mount(&["-o", &format!("remount,size={size}")], &self.dir), "grow the tmpfs");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let status = Command::new("umount").arg("-l").arg(&self.dir).status();
        assert!(status.is_ok_and(|status| status.success()), "unmount {}", self.dir.display());
    }
}

fn mount(args: &[&str], dir: &std::path::Path) -> bool {
    let output = Command::new("mount").args(args).arg(dir).output();
    output.is_ok_and(|output| output.status.success())
}

fn big(registry: &Registry) {
    registry
        .package("big", "1.0.0")
        .file("noise.bin", noise(1, 1_500_000))
        .file("more.bin", vec![0_u8; 4_000_000])
        .publish();
    registry.versions("small", &["1.0.0"]);
}

// Stricter than the real cargo, which leaves a half archive or half the sources.
#[test]
fn a_home_without_room() {
    // Too small for the archive, and large enough for it but not for what is in it.
    for size in ["700k", "3m"] {
        let Some(disk) = SmallDisk::new(size) else { return };
        let registry = Registry::new();
        big(&registry);
        let server = registry.serve();
        let sandbox = Sandbox::in_dir(&disk.dir);
        sandbox
            .use_sparse(&server)
            .manifest("app", "[dependencies]\nbig = \"1\"\nsmall = \"1\"\n")
            .file("src/lib.rs", "");
        ok(&sandbox, "generate-lockfile");
        let output = run(&sandbox, "fetch").assert_code(101);
        let said = output.stderr.to_lowercase();
        assert!(said.contains("space") || said.contains("full"), "{output}");
        nothing_half_made(&sandbox);
        disk.grow("64m");
        ok(&sandbox, "fetch");
        ok(&sandbox, "check --offline");
    }
}

#[test]
fn a_target_directory_without_room() {
    let Some(disk) = SmallDisk::new("600k") else { return };
    let sandbox = Sandbox::new();
    sandbox
        .manifest("app", "")
        .file("src/main.rs", "fn main() { println!(\"{:?}\", std::env::args().collect::<Vec<_>>()); }");
    let build = cmd(&sandbox, "build").env("CARGO_TARGET_DIR", &disk.dir);
    build.run().assert_code(101);
    disk.grow("200m");
    build.run().assert_success();
    let program = sandbox.cmd(disk.dir.join("debug/app")).run();
    program.assert_success().assert_stdout_has("debug/app");
}
