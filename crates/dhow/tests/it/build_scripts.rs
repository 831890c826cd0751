//! Build scripts and proc macros: what they say, what they see, and when they fail.

use dhow_testkit::{Registry, Sandbox, compare};

use crate::support::{bare_fixture, compiled, dhow, ok, run, with_status};

/// The program's output is the same from both tools.
#[track_caller]
fn agree(project: &Sandbox) {
    compare(project, dhow(), |c| c.stdout(&["run", "-q"]).artifacts("target/debug"));
}

#[test]
fn links_and_metadata_of_dependencies() {
    let f = bare_fixture(|r| {
        r.package("z-sys", "1.2.3")
            .links("z")
            .build_script(concat!(
                "fn main() {\n",
                "    println!(\"cargo::metadata=root=/opt/z\");\n",
                "    println!(\"cargo:include=/opt/z/include\");\n",
                "    println!(\"cargo::rustc-link-search=native=/opt/z/lib\");\n",
                "}\n",
            ))
            .publish();
        r.package("wrap", "0.2.0")
            .dep("z-sys", "1")
            .build_script(concat!(
                "fn main() {\n",
                "    for name in [\"DEP_Z_ROOT\", \"DEP_Z_INCLUDE\"] {\n",
                "        println!(\"cargo::rustc-env=SEEN_{name}={}\", std::env::var(name).unwrap());\n",
                "    }\n",
                "}\n",
            ))
            .lib("pub fn seen() -> [&'static str; 2] { [env!(\"SEEN_DEP_Z_ROOT\"), env!(\"SEEN_DEP_Z_INCLUDE\")] }")
            .publish();
    });
    f.project
        .manifest("app", "[dependencies]\nwrap = \"0.2\"\nz-sys = \"1\"\n")
        .file(
            "build.rs",
            "fn main() { println!(\"cargo::rustc-env=DIRECT={}\", std::env::var(\"DEP_Z_ROOT\").unwrap()); }",
        )
        .file("src/main.rs", "fn main() { println!(\"{:?} {}\", wrap::seen(), env!(\"DIRECT\")); }");
    agree(&f.project);
    ok(&f.project, "run").assert_stdout_has("[\"/opt/z\", \"/opt/z/include\"] /opt/z");
}

#[test]
fn one_line_for_a_package_with_a_script() {
    let f = bare_fixture(|r| {
        r.package("scripted", "1.0.0").build_script("fn main() {}").publish();
        r.package("plain", "1.0.0").dep("scripted", "1").publish();
    });
    f.project.manifest("app", "[dependencies]\nplain = \"1\"\n").file("src/lib.rs", "");
    let checked = ok(&f.project, "check");
    assert_eq!(compiled(&checked), ["scripted"]);
    assert_eq!(with_status(&checked, "Checking"), ["app", "plain"]);
    let documented = ok(&f.project, "doc");
    assert_eq!(with_status(&documented, "Documenting"), ["app", "plain", "scripted"]);
}

#[test]
fn out_dir_and_instructions() {
    let project = Sandbox::new();
    let script = r#"
use std::{env, fs, path::Path};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&out).join("made.rs"), "pub const MADE: u32 = 7;").unwrap();
    println!("cargo::rustc-check-cfg=cfg(special)");
    println!("cargo::rustc-check-cfg=cfg(level, values(\"high\"))");
    println!("cargo::rustc-cfg=special");
    println!("cargo::rustc-cfg=level=\"high\"");
    println!("cargo::rustc-env=SAID=by the script");
    println!("cargo::rustc-link-arg-bins=-Wl,--defsym=script_symbol=42");
    println!("cargo:rerun-if-changed=build.rs");
    println!("just talk");
}
"#;
    let main = r#"
mod made { include!(concat!(env!("OUT_DIR"), "/made.rs")); }
unsafe extern "C" { static script_symbol: u8; }
fn main() {
    let symbol = (&raw const script_symbol).addr();
    println!("{} {} {} {} {symbol}", made::MADE, env!("SAID"), cfg!(special), cfg!(level = "high"));
}
"#;
    project
        .manifest("app", "[profile.dev]\nincremental = false\n")
        .file("build.rs", script)
        .file("src/main.rs", main)
        .config("[build]\nrustflags = [\"-Crelocation-model=static\"]");
    agree(&project);
    ok(&project, "run").assert_stdout_has("7 by the script true true 42");
}

/// The environment of scripts, of compilers and of the programs that run.
#[test]
fn the_environment_is_cargos() {
    let project = Sandbox::new();
    let names = [
        "OPT_LEVEL",
        "DEBUG",
        "PROFILE",
        "TARGET",
        "HOST",
        "NUM_JOBS",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_MANIFEST_LINKS",
        "CARGO_PKG_NAME",
        "CARGO_PKG_VERSION",
        "CARGO_PKG_VERSION_PRE",
        "CARGO_PKG_AUTHORS",
        "CARGO_PKG_DESCRIPTION",
        "CARGO_PKG_LICENSE",
        "CARGO_PKG_RUST_VERSION",
        "CARGO_PKG_README",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_CFG_TARGET_OS",
        "CARGO_CFG_TARGET_FEATURE",
        "CARGO_CFG_UNIX",
        "CARGO_CFG_FEATURE",
        "CARGO_CFG_DEBUG_ASSERTIONS",
        "CARGO_CFG_TARGET_HAS_ATOMIC",
        "CARGO_FEATURE_ONE_MORE",
        "CARGO_FEATURE_DEFAULT",
        "CARGO_ENCODED_RUSTFLAGS",
        "RUSTC_LINKER",
        "FROM_CONFIG",
        "CARGO_CRATE_NAME",
        "CARGO_BIN_NAME",
    ];
    let script = format!(
        "fn main() {{ for n in {names:?} {{ println!(\"cargo::rustc-env=S_{{n}}={{:?}}\", std::env::var(n).ok()); }} }}"
    );
    let lines: String = names
        .iter()
        .map(|n| format!("    println!(\"{n} {{}} {{:?}} {{:?}}\", env!(\"S_{n}\"), option_env!(\"{n}\"), std::env::var(\"{n}\").ok());\n"))
        .collect();
    project
        .manifest(
            "app",
            concat!(
                "authors = [\"A B <a@b.c>\", \"D\"]\ndescription = \"d e\"\nlicense = \"MIT\"\nrust-version = \"1.70\"\n",
                "[features]\ndefault = [\"one-more\"]\none-more = []\n",
            ),
        )
        .file("README.md", "read me")
        .file("build.rs", script)
        .file("src/main.rs", format!("fn main() {{\n{lines}}}"))
        .config("[env]\nFROM_CONFIG = \"yes\"");
    agree(&project);
    compare(&project, dhow(), |c| {
        c.stdout(&["run", "-q", "--release", "--target", "x86_64-unknown-linux-gnu"])
    });
}

#[test]
fn scripts_run_again_when_they_said_so() {
    let project = Sandbox::new();
    let script = concat!(
        "fn main() {\n",
        "    println!(\"cargo::rerun-if-changed=data.txt\");\n",
        "    println!(\"cargo::rerun-if-env-changed=MODE\");\n",
        "    let data = std::fs::read_to_string(\"data.txt\").unwrap();\n",
        "    let mode = std::env::var(\"MODE\").unwrap_or_default();\n",
        "    println!(\"cargo::rustc-env=DATA={}{mode}\", data.trim());\n",
        "}\n",
    );
    project
        .manifest("app", "")
        .file("build.rs", script)
        .file("data.txt", "one")
        .file("other.txt", "x")
        .file("src/main.rs", "fn main() { println!(\"{}\", env!(\"DATA\")); }");
    ok(&project, "run").assert_stdout_has("one\n");
    project.file("other.txt", "y");
    assert!(compiled(&ok(&project, "build")).is_empty());
    project.file("data.txt", "two!");
    ok(&project, "run").assert_stdout_has("two!\n");
    let mode = |mode: &str| project.cmd(dhow()).args(["run"]).env("MODE", mode).run();
    mode("fast").assert_success().assert_stdout_has("two!fast\n");
    assert!(compiled(&mode("fast")).is_empty());
    ok(&project, "run").assert_stdout_has("two!\n");
}

#[test]
fn a_script_that_says_nothing_runs_again_on_every_change() {
    let project = Sandbox::new();
    project
        .manifest("app", "")
        .file(
            "build.rs",
            "fn main() { println!(\"cargo::rustc-env=N={}\", std::fs::read_dir(\".\").unwrap().count()); }",
        )
        .file("src/main.rs", "fn main() { println!(\"{}\", env!(\"N\")); }");
    let first = ok(&project, "run").stdout;
    project.file("more.txt", "x");
    let second = ok(&project, "run").stdout;
    assert_ne!(first, second);
}

#[test]
fn warnings_of_scripts_are_shown_for_members_only() {
    let f = bare_fixture(|r| {
        r.package("noisy", "1.0.0")
            .build_script("fn main() { println!(\"cargo::warning=from a dependency\"); }")
            .publish();
    });
    f.project
        .manifest("app", "[dependencies]\nnoisy = \"1\"\n")
        .file("build.rs", "fn main() { println!(\"cargo::warning=from the member\"); println!(\"cargo:warning=the old way\"); }")
        .file("src/lib.rs", "");
    for _ in 0..2 {
        let output =
            ok(&f.project, "build").assert_stderr_has("from the member").assert_stderr_has("the old way");
        assert!(!output.stderr.contains("from a dependency"), "{output}");
    }
}

#[test]
fn a_script_that_panics() {
    let project = Sandbox::new();
    project
        .manifest("app", "")
        .file("build.rs", "fn main() { println!(\"said before\"); eprintln!(\"cannot find libfoo\"); panic!(\"no libfoo\"); }")
        .file("src/lib.rs", "");
    run(&project, "build")
        .assert_code(101)
        .assert_stderr_has("app v0.1.0")
        .assert_stderr_has("no libfoo")
        .assert_stderr_has("cannot find libfoo");
    project.file("build.rs", "fn main() {}");
    ok(&project, "build");
}

#[test]
fn a_script_that_reports_an_error() {
    let project = Sandbox::new();
    project
        .manifest("app", "")
        .file("build.rs", "fn main() { println!(\"cargo::error=needs a newer foo\"); }")
        .file("src/lib.rs", "");
    run(&project, "build").assert_code(101).assert_stderr_has("needs a newer foo");
    project.file("build.rs", "fn main() { println!(\"cargo::no-such-key=1\"); }");
    run(&project, "build").assert_code(101).assert_stderr_has("no-such-key");
}

/// `shared` with feature `loud` for the host only (resolver 2), or for both (resolver 1).
fn for_host_and_target(r: &Registry) {
    r.package("shared", "1.0.0")
        .feature("loud", &[])
        .lib("pub fn word() -> &'static str { if cfg!(feature = \"loud\") { \"LOUD\" } else { \"quiet\" } }")
        .publish();
    r.package("speak", "1.0.0")
        .proc_macro()
        .dep_with("shared", "1", |d| d.features(["loud"]))
        .lib(concat!(
            "use proc_macro::TokenStream;\n",
            "#[proc_macro] pub fn speak(_: TokenStream) -> TokenStream { format!(\"{:?}\", shared::word()).parse().unwrap() }\n",
            "#[proc_macro_derive(Nothing)] pub fn nothing(_: TokenStream) -> TokenStream { TokenStream::new() }\n",
        ))
        .publish();
}

#[test]
fn features_for_the_host_stay_there() {
    for (resolver, expected) in [("2", "quiet LOUD quiet"), ("1", "LOUD LOUD LOUD")] {
        let f = bare_fixture(for_host_and_target);
        f.project
            .manifest(
                "app",
                &format!(
                    "resolver = \"{resolver}\"\n[dependencies]\nshared = \"1\"\nspeak = \"1\"\n[build-dependencies]\nshared = \"1\"\n"
                ),
            )
            .file("build.rs", "fn main() { println!(\"cargo::rustc-env=BUILT={}\", shared::word()); }")
            .file(
                "src/main.rs",
                "#[derive(speak::Nothing)] struct S;\nfn main() { let _ = S; println!(\"{} {}\", shared::word(), speak::speak!()); }",
            );
        agree(&f.project);
        let words: Vec<&str> = expected.split(' ').collect();
        ok(&f.project, "run").assert_stdout_has(&format!("{} {}\n", words[0], words[1]));
        compare(&f.project, dhow(), |c| c.stdout(&["run", "-q", "--target", "x86_64-unknown-linux-gnu"]));
    }
}

#[test]
fn a_build_dependency_with_features_of_its_own() {
    let f = bare_fixture(for_host_and_target);
    f.project
        .manifest(
            "app",
            "[dependencies]\nshared = \"1\"\n[build-dependencies]\nshared = { version = \"1\", features = [\"loud\"] }\n",
        )
        .file("build.rs", "fn main() { println!(\"cargo::rustc-env=BUILT={}\", shared::word()); }")
        .file("src/main.rs", "fn main() { println!(\"{} {}\", env!(\"BUILT\"), shared::word()); }");
    agree(&f.project);
    ok(&f.project, "run").assert_stdout_has("LOUD quiet\n");
}

#[test]
fn a_proc_macro_that_panics() {
    let project = Sandbox::new();
    project
        .manifest("app", "[dependencies]\nbad = { path = \"bad\" }\n")
        .file("src/lib.rs", "bad::bad!();")
        .file(
            "bad/Cargo.toml",
            "[package]\nname = \"bad\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\nproc-macro = true\n",
        )
        .file(
            "bad/src/lib.rs",
            "use proc_macro::TokenStream; #[proc_macro] pub fn bad(_: TokenStream) -> TokenStream { panic!(\"macro gave up\") }",
        );
    run(&project, "check")
        .assert_code(101)
        .assert_stderr_has("macro gave up")
        .assert_stderr_has("could not compile `app`");
}

#[test]
fn a_native_library_made_by_a_script() {
    let project = Sandbox::new();
    let script = r#"
use std::{env, process::Command};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let run = |program: &str, args: &[&str]| assert!(Command::new(program).args(args).current_dir(&out).status().unwrap().success());
    let source = env::current_dir().unwrap().join("native.c");
    run("cc", &["-c", "-fPIC", source.to_str().unwrap(), "-o", "native.o"]);
    run("ar", &["crs", "libnative.a", "native.o"]);
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-lib=static=native");
    println!("cargo::rerun-if-changed=native.c");
}
"#;
    project
        .manifest("app", "[dependencies]\nsys = { path = \"sys\" }\n")
        .file("src/main.rs", "fn main() { println!(\"{}\", sys::answer()); }")
        .file(
            "sys/Cargo.toml",
            "[package]\nname = \"sys\"\nversion = \"0.1.0\"\nedition = \"2021\"\nlinks = \"native\"\n",
        )
        .file("sys/build.rs", script)
        .file("sys/native.c", "int answer(void) { return 41; }\n")
        .file(
            "sys/src/lib.rs",
            "mod raw { unsafe extern \"C\" { pub fn answer() -> i32; } }\npub fn answer() -> i32 { unsafe { raw::answer() } }\n",
        );
    agree(&project);
    ok(&project, "run").assert_stdout_has("41\n");
    project.file("sys/native.c", "int answer(void) { return 1042; }\n");
    ok(&project, "run").assert_stdout_has("1042\n");
}
