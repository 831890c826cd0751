//! `[target.…]`: triples, `cfg(…)`, and what replaces build scripts.

use dhow_config::{FlagKind, LinkArgTarget};
use dhow_model::Cfg;

use crate::Fixture;

const LINUX: &str = "x86_64-unknown-linux-gnu";

fn cfgs() -> Vec<Cfg> {
    ["unix", "target_os=\"linux\"", "target_arch=\"x86_64\""].map(|cfg| cfg.parse().expect("parses")).into()
}

#[test]
fn triple_and_cfg_tables_join_their_flags() {
    let fixture = Fixture::new().project(
        "[target.x86_64-unknown-linux-gnu]\nrustflags = ['--triple']\nrustdocflags = ['--doc']\n\
         [target.'cfg(unix)']\nrustflags = ['--unix']\n\
         [target.'cfg(all(unix, target_arch = \"x86_64\"))']\nrustflags = '--all --of'\n\
         [target.'cfg(windows)']\nrustflags = ['--windows']\n\
         [build]\nrustflags = ['--build']\n",
    );
    let config = fixture.load();
    let flags = |triple: &str, cfgs: &[Cfg]| {
        config.rustflags(FlagKind::Rustc, triple, cfgs).expect("reads").join(" ")
    };
    assert_eq!(flags(LINUX, &cfgs()), "--triple --all --of --unix");
    assert_eq!(flags("other", &cfgs()), "--all --of --unix");
    assert_eq!(flags("other", &[]), "--build");
    assert_eq!(config.rustflags(FlagKind::Rustdoc, LINUX, &cfgs()).expect("reads"), ["--doc"]);
}

#[test]
fn programs_of_a_triple_go_before_those_of_cfg() {
    let fixture = Fixture::new().project(
        "[target.x86_64-unknown-linux-gnu]\nlinker = 'own/ld'\n[target.'cfg(unix)']\nlinker = 'ld'\nrunner = 'qemu -x'\n",
    );
    let config = fixture.load();
    let target = config.target(LINUX, &cfgs()).expect("reads");
    assert_eq!(fixture.relative(&target.linker.expect("set").value), "project/own/ld");
    let runner = target.runner.expect("set");
    assert_eq!((runner.program.to_str(), runner.args.as_slice()), (Some("qemu"), &["-x".to_owned()][..]));
    assert!(config.target("other", &[]).expect("reads").linker.is_none());
    assert_eq!(
        config.target("other", &cfgs()).expect("reads").linker.expect("set").value.to_str(),
        Some("ld")
    );
    let fixture = fixture.var("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "lld");
    assert_eq!(
        fixture.load().target(LINUX, &cfgs()).expect("reads").linker.expect("set").value.to_str(),
        Some("lld")
    );
}

#[test]
fn two_cfg_tables_with_a_linker_are_refused() {
    let fixture = Fixture::new()
        .project("[target.'cfg(unix)']\nlinker = 'a'\n[target.'cfg(not(windows))']\nlinker = 'b'\n");
    let error = fixture.load().target(LINUX, &cfgs()).expect_err("two");
    assert_eq!(
        fixture.say(&error),
        "`target.'cfg(unix)'.linker` is not valid in project/.cargo/config.toml:2: `cfg(not(windows))` in \
         project/.cargo/config.toml:4 matches the same target and has a `linker` too: only one can"
    );
}

#[test]
fn a_triple_with_a_dot_is_found_with_and_without_quotes() {
    for text in
        ["[target.thumbv8m.main-none]\nlinker = 'x'\n", "[target.'thumbv8m.main-none']\nlinker = 'x'\n"]
    {
        let target = Fixture::new().project(text).load().target("thumbv8m.main-none", &[]).expect("reads");
        assert_eq!(target.linker.expect("set").value.to_str(), Some("x"));
    }
}

#[test]
fn build_scripts_can_be_replaced() {
    let fixture = Fixture::new().project(
        "[target.t.foo]\nrustc-flags = '-L /a -lb -l c'\nrustc-link-lib = ['d']\nrustc-link-search = ['native=/e']\n\
         rustc-cfg = ['f']\nrustc-check-cfg = ['cfg(f)']\nrustc-env = { G = 'h' }\nrustc-cdylib-link-arg = ['-i']\n\
         rustc-link-arg-bins = ['-j']\nroot = '/k'\n[target.t]\nar = 'unused'\n",
    );
    let target = fixture.load().target("t", &[]).expect("reads");
    assert_eq!(target.links.len(), 1);
    let foo = &target.links["foo"];
    assert_eq!(foo.library_paths, ["/a", "native=/e"]);
    assert_eq!(foo.library_links, ["b", "c", "d"]);
    assert_eq!(foo.cfgs, ["f"]);
    assert_eq!(foo.check_cfgs, ["cfg(f)"]);
    assert_eq!(foo.env, [("G".to_owned(), "h".to_owned())]);
    assert_eq!(foo.metadata, [("root".to_owned(), "/k".to_owned())]);
    assert_eq!(
        foo.link_args,
        [(LinkArgTarget::Cdylib, "-i".to_owned()), (LinkArgTarget::Bin, "-j".to_owned())]
    );

    for (text, expect) in [
        ("rerun-if-changed = ['x']", "no meaning where no build script runs"),
        ("rustc-flags = '-x'", "`-x` is neither `-l` nor `-L`"),
        ("rustc-flags = '-l'", "nothing comes after `-l`"),
        ("rustc-link-lib = 'x'", "must be a list of strings, but is a string"),
    ] {
        let fixture = Fixture::new().project(&format!("[target.t.foo]\n{text}\n"));
        let error = fixture.load().target("t", &[]).expect_err("refused");
        assert!(error.to_string().contains(expect), "{error}");
    }
}
