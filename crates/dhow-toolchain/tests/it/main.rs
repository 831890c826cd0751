//! The compiler of this machine, asked for real: found, remembered, asked again when its file changes.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_fs::TempDir;
use dhow_process::Environment;
use dhow_toolchain::{CompileKind, CompileTarget, ProbeInputs, Toolchain, ToolchainError};

/// A directory with a `rustc` that counts its calls and then calls the real one.
struct Counted {
    dir: TempDir,
}

impl Counted {
    fn new() -> Self {
        let dir = TempDir::anywhere().expect("temp dir");
        let counted = Self { dir };
        counted.write_script(&counted.bin(), &real_rustc());
        counted
    }

    fn write_script(&self, file: &Path, real: &Path) {
        let script =
            format!("#!/bin/sh\necho x >> {}\nexec {} \"$@\"\n", self.log().display(), real.display());
        dhow_fs::create_dir_all(file.parent().expect("a directory")).expect("creates");
        dhow_fs::write_atomic(file, script.as_bytes()).expect("writes");
        dhow_fs::set_executable(file).expect("chmod");
    }

    fn bin(&self) -> PathBuf {
        self.dir.path().join("rustc")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn calls(&self) -> usize {
        dhow_fs::read_optional(&self.log()).expect("reads").map_or(0, |log| log.len() / 2)
    }

    fn inputs(&self) -> ProbeInputs {
        ProbeInputs {
            rustc: "rustc".into(),
            rustdoc: None,
            wrapper: None,
            workspace_wrapper: None,
            env: Arc::new(environment(self.dir.path())),
            cwd: self.dir.path().to_path_buf(),
            cache_file: Some(self.dir.path().join("target/cache.json")),
        }
    }
}

fn environment(first: &Path) -> Environment {
    let path = std::env::join_paths([first, Path::new("/usr/bin"), Path::new("/bin")]).expect("joins");
    Environment::from([
        ("PATH".into(), path),
        ("HOME".into(), first.into()),
        ("RUSTUP_HOME".into(), first.join("rustup-home").into()),
    ])
}

fn real_rustc() -> PathBuf {
    dhow_testkit::toolchain().rustc()
}

fn no_flags(_: &[dhow_model::Cfg]) -> Result<Vec<String>, ToolchainError> {
    Ok(Vec::new())
}

#[test]
fn a_second_run_starts_no_process() {
    let counted = Counted::new();
    let mut prober = Toolchain::probe(counted.inputs()).expect("probes");
    let first = prober.target_info(CompileKind::Host, no_flags).expect("answers");
    let toolchain = prober.toolchain().clone();
    assert_eq!(counted.calls(), 2);
    prober.save();

    let mut again = Toolchain::probe(counted.inputs()).expect("probes");
    assert_eq!(again.target_info(CompileKind::Host, no_flags).expect("answers"), first);
    assert_eq!(*again.toolchain(), toolchain);
    assert_eq!(counted.calls(), 2);
    assert_eq!(first.triple, toolchain.host);
    assert!(first.cfg_value("target_arch").is_some());
}

#[test]
fn another_file_or_other_flags_ask_again() {
    let counted = Counted::new();
    let mut prober = Toolchain::probe(counted.inputs()).expect("probes");
    let plain = prober.target_info_with(CompileKind::Host, &[]).expect("answers");
    let with_cfg =
        prober.target_info_with(CompileKind::Host, &["--cfg".into(), "mine".into()]).expect("answers");
    assert!(with_cfg.cfgs.len() == plain.cfgs.len() + 1);
    let host = CompileTarget::new(&prober.toolchain().host, counted.dir.path());
    let named = prober.target_info_with(CompileKind::Target(host), &[]).expect("answers");
    assert_eq!(named.crate_types, plain.crate_types);
    assert_eq!(counted.calls(), 4);
    drop(prober);

    let time = dhow_fs::FileTime { secs: 1_000_000_000, nanos: 0 };
    dhow_fs::set_mtime(&counted.bin(), time).expect("touches");
    let _prober = Toolchain::probe(counted.inputs()).expect("probes");
    assert_eq!(counted.calls(), 5);
}

#[test]
fn flags_that_follow_cfgs_are_found() {
    let counted = Counted::new();
    let mut prober = Toolchain::probe(counted.inputs()).expect("probes");
    let info = prober
        .target_info(CompileKind::Host, |cfgs| {
            let known = if cfgs.is_empty() { vec![] } else { vec!["--cfg".to_owned(), "seen".to_owned()] };
            Ok::<_, ToolchainError>(known)
        })
        .expect("answers");
    assert_eq!(info.rustflags, ["--cfg", "seen"]);
    assert!(info.cfgs.iter().any(|cfg| cfg.to_string() == "seen"));
}

#[test]
fn the_proxy_is_asked_once() {
    let counted = Counted::new();
    let root = counted.dir.path();
    let toolchain = root.join("rustup-home/toolchains/mine");
    counted.write_script(&toolchain.join("bin/rustc"), &real_rustc());
    // A proxy in rustup's manner: the same file under two names. It answers for the sysroot itself.
    let proxy_log = root.join("proxy-log");
    let proxy = format!("#!/bin/sh\necho x >> {}\necho {}\n", proxy_log.display(), toolchain.display());
    dhow_fs::write_atomic(&root.join("rustup"), proxy.as_bytes()).expect("writes");
    dhow_fs::set_executable(&root.join("rustup")).expect("chmod");
    dhow_fs::remove_file(&counted.bin()).expect("removes");
    dhow_fs::symlink(&root.join("rustup"), &counted.bin()).expect("links");

    let asked = || dhow_fs::read(&proxy_log).expect("reads").len() / 2;
    for _ in 0..2 {
        let prober = Toolchain::probe(counted.inputs()).expect("probes");
        assert_eq!(prober.toolchain().rustc, toolchain.join("bin/rustc"));
        assert_eq!(prober.toolchain().rustdoc, toolchain.join("bin/rustdoc"));
        assert_eq!(prober.toolchain().rustup_toolchain.as_deref(), Some("mine"));
        drop(prober);
        assert_eq!(asked(), 1);
    }
    dhow_fs::write_atomic(&root.join("rust-toolchain.toml"), b"[toolchain]").expect("writes");
    drop(Toolchain::probe(counted.inputs()).expect("probes"));
    assert_eq!(asked(), 2);
}

#[test]
fn no_compiler_and_no_such_target_are_errors() {
    let counted = Counted::new();
    let mut inputs = counted.inputs();
    inputs.rustc = "no-such-rustc".into();
    let error = Toolchain::probe(inputs).expect_err("there is none");
    assert!(matches!(error, ToolchainError::Ask { .. }));
    let mut prober = Toolchain::probe(counted.inputs()).expect("probes");
    let kind = CompileKind::Target(CompileTarget::new("no-such-target", counted.dir.path()));
    let error = prober.target_info_with(kind, &[]).expect_err("unknown");
    assert!(error.to_string().contains("no-such-target"), "{error}");
}
