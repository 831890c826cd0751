//! The same files, variables and arguments through the real `cargo`.
#![expect(clippy::disallowed_methods, reason = "starts the real cargo, which these tests compare with")]

use std::path::Path;
use std::process::Command;

use dhow_config::{Data, FlagKind, Value};
use serde_json::json;

use crate::Fixture;

/// A value without its places.
pub(crate) fn json(value: &Value) -> serde_json::Value {
    match &value.data {
        Data::Integer(number) => json!(number),
        Data::Boolean(truth) => json!(truth),
        Data::String(text) => json!(text),
        Data::List(list) => list.iter().map(json).collect(),
        Data::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

impl Fixture {
    /// The toolchain's cargo in this fixture's place, with unstable subcommands allowed.
    fn cargo(&self) -> Command {
        let path = dhow_testkit::toolchain().cargo();
        let mut command = Command::new(&path);
        command.current_dir(&self.cwd).env_clear().env("RUSTC_BOOTSTRAP", "1");
        // The compiler beside it, if there is one, needs no proxy to choose it.
        let beside = Path::new(&path).parent().expect("a path").to_owned();
        let others = std::env::var_os("PATH").unwrap_or_default();
        let search = std::iter::once(beside).chain(std::env::split_paths(&others));
        command.env("PATH", std::env::join_paths(search).expect("a search path"));
        for name in ["HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.vars.iter().map(|(name, value)| (name, value)));
        for argument in &self.arguments {
            command.arg("--config").arg(argument);
        }
        command
    }

    /// What `cargo config get` says; `None` if it fails or there is nothing.
    fn cargo_get(&self, key: Option<&str>) -> Option<serde_json::Value> {
        let mut command = self.cargo();
        command.args(["-Zunstable-options", "config", "get", "--format", "json-value"]).args(key);
        let output = command.output().expect("starts");
        if !output.status.success() {
            return None;
        }
        serde_json::from_slice(&output.stdout).ok()
    }

    /// All values of files and arguments, and those of some keys with variables too.
    fn compare(&self, keys: &[&str]) {
        let config = self.load();
        let ours: serde_json::Value =
            config.values().iter().map(|(key, value)| (key.clone(), json(value))).collect();
        assert_eq!(self.cargo_get(None), Some(ours));
        for key in keys {
            let ours = config.get_with_env(key).expect("reads").as_ref().map(json);
            assert_eq!(self.cargo_get(Some(key)), ours, "{key}");
        }
    }

    /// Neither takes it.
    fn both_refuse(&self) {
        assert!(self.try_load().is_err(), "we take it");
        assert_eq!(self.cargo_get(None), None, "cargo takes it");
    }
}

#[test]
fn files_merge_alike() {
    let fixture = Fixture::new()
        .home("a.s = 'home'\na.t.x = 1\na.l = ['h1', 'h2']\n[target.x]\nrustflags = ['h']\n")
        .file(".cargo/config.toml", "a.s = 2\na.t.y = true\na.l = ['a']\n")
        .project("a.t.x = 3\na.l = ['p']\ntarget.x.rustflags = ['p']\n")
        .cwd("project/sub");
    fixture.compare(&["a.s", "a.l", "target.x.rustflags"]);
}

/// Only one key in each file: from the second key on, Cargo 1.95 takes the wrong path for the key and joins these.
#[test]
fn programs_replace_each_other_alike() {
    for key in ["target.x.runner", "doc.browser", "credential-alias.a", "registry.credential-provider"] {
        let fixture =
            Fixture::new().home(&format!("{key} = ['h']\n")).project(&format!("{key} = ['p', 'q']\n"));
        fixture.compare(&[key]);
    }
}

#[test]
fn includes_merge_alike() {
    let fixture = Fixture::new()
        .project("include = ['one.toml', { path = 'sub/two.toml', optional = true }, { path = 'no.toml', optional = true }]\na.own = 0\nl = ['own']\n")
        .file("project/.cargo/one.toml", "a.own = 1\na.one = 1\na.both = 1\nl = ['one']\n")
        .file("project/.cargo/sub/two.toml", "include = ['../three.toml']\na.both = 2\nl = ['two']\n")
        .file("project/.cargo/three.toml", "a.both = 3\na.three = 3\nl = ['three']\n")
        .home("include = ['h.toml']\nl = ['home']\n")
        .file("home/h.toml", "l = ['h']\n");
    fixture.compare(&["a", "l"]);
}

#[test]
fn arguments_merge_alike() {
    let fixture = Fixture::new()
        .project("a.s = 'file'\nl = ['file']\nt.k.x = 1\n")
        .file("project/extra.toml", "a.s = 'extra'\na.n = 1\nl = ['extra']\n")
        .arg("l = ['one']")
        .arg("extra.toml")
        .arg("a.s = 'last'")
        .arg("t.k.y = 2")
        .arg("target.'cfg(unix)'.runner = 'x'")
        .var("CARGO_A_S", "variable")
        .var("CARGO_L", "v1 v2");
    fixture.compare(&["a.s", "a.n", "l", "t.k"]);
}

#[test]
fn variables_count_alike() {
    let fixture = Fixture::new()
        .project("a.s = 'file'\na.i = 1\na.b = true\nl = ['x']\n")
        .var("CARGO_A_S", "variable")
        .var("CARGO_A_I", "2")
        .var("CARGO_A_B", "false")
        .var("CARGO_A_D_E", "12x")
        .var("CARGO_L", " p  q ");
    fixture.compare(&["a.s", "a.i", "a.b", "a.d-e", "l", "nothing"]);
}

#[test]
fn both_names_of_the_file_count_alike() {
    Fixture::new().file("project/.cargo/config", "a = 'old'\n").compare(&["a"]);
    Fixture::new().file("project/.cargo/config", "a = 'old'\n").project("a = 'new'\nb = 1\n").compare(&["a"]);
}

#[test]
fn bad_input_is_refused_alike() {
    for text in [
        "a = 1.5\n",
        "a = 2020-01-01\n",
        "a = \n",
        "[a]\nb = 1\n[a]\n",
        "include = 'x.toml'\n",
        "include = ['gone.toml']\n",
        "include = ['config']\n",
        "include = ['config.toml']\n",
        "include = [{ optional = true }]\n",
        "include = [{ path = 1 }]\n",
        "include = [1]\n",
    ] {
        Fixture::new().project(text).both_refuse();
    }
    Fixture::new().project("a = ['x']\n").home("a = 'x'\n").both_refuse();
    Fixture::new().project("a = 1\n").home("a.b = 'x'\n").both_refuse();
    for argument in [
        "",
        "a",
        "a = {}",
        "a = {b = 1}",
        "[a]\nb = 1",
        "[[a]]\nb = 1",
        "a = 1\nb = 2",
        "a = 1 # c",
        "# c\na = 1",
        "registry.token = 'x'",
        "registries.x.token = 'x'",
        "a = 1.5",
        "gone.toml",
    ] {
        Fixture::new().arg(argument).both_refuse();
    }
    for argument in ["a = 1", " a . b = [ 1, \n 2 ]", "a.'b c'.d = '''x'''", "a = 'x'\n"] {
        Fixture::new().arg(argument).compare(&[]);
    }
}

/// The extra flags that a package's only unit is compiled with.
fn cargo_flags(fixture: &Fixture) -> Vec<String> {
    let output = fixture.cargo().args(["check", "-v", "--offline"]).output().expect("starts");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let line = text.lines().find(|line| line.contains("Running")).unwrap_or_else(|| panic!("{text}"));
    let words = line.split([' ', '`']);
    words.filter(|word| word.starts_with("--cfg=")).map(str::to_owned).collect()
}

fn package() -> Fixture {
    Fixture::new()
        .file("project/Cargo.toml", "[package]\nname = 'p'\nversion = '0.1.0'\nedition = '2021'\n")
        .file("project/src/lib.rs", "")
}

#[test]
fn flags_come_from_the_same_place() {
    let triple = env_triple();
    let upper = triple.to_uppercase().replace('-', "_");
    let tables = format!(
        "[target.{triple}]\nrustflags = ['--cfg=triple']\n[target.'cfg(all())']\nrustflags = '--cfg=all'\n\
         [target.'cfg(any())']\nrustflags = ['--cfg=any']\n[target.'cfg(not(foo))']\nrustflags = ['--cfg=foo']\n"
    );
    let build = "build.rustflags = ['--cfg=build']\n";
    let cases = [
        package().project(build).var("CARGO_BUILD_RUSTFLAGS", "--cfg=v"),
        package()
            .project(build)
            .arg("build.rustflags = ['--cfg=cli']")
            .var("CARGO_BUILD_RUSTFLAGS", "--cfg=v"),
        package()
            .project(&format!("{build}{tables}"))
            .var(&format!("CARGO_TARGET_{upper}_RUSTFLAGS"), "--cfg=v"),
        package().project(&format!("{build}{tables}")).var("RUSTFLAGS", " --cfg=r1  --cfg=r2"),
        package().project(build).var("RUSTFLAGS", ""),
        package()
            .project(build)
            .var("RUSTFLAGS", "--cfg=r")
            .var("CARGO_ENCODED_RUSTFLAGS", "--cfg=e1\x1f--cfg=e2"),
        package().project(build).var("CARGO_ENCODED_RUSTFLAGS", ""),
        package().project(&format!("{build}[target.{triple}]\nrustflags = []\n")),
    ];
    for (at, fixture) in cases.iter().enumerate() {
        let ours = fixture.load().rustflags(FlagKind::Rustc, &triple, &[]).expect("reads");
        assert_eq!(cargo_flags(fixture), ours, "case {at}");
    }
}

/// The toolchain's own triple.
fn env_triple() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

#[test]
fn children_see_the_same_variables() {
    let fixture = package()
        .file("project/src/main.rs", "fn main() { for n in [\"A\", \"B\", \"C\", \"D\"] { println!(\"{n}={}\", std::env::var(n).unwrap()); } }")
        .project("[env]\nA = 'a'\nB = { value = 'b', force = true }\nC = { value = 'sub/../c', relative = true }\nD = 'd'\n")
        .var("A", "set")
        .var("B", "set")
        .var("CARGO_ENV_D", "through-variable");
    let output = fixture.cargo().args(["run", "-q", "--offline"]).output().expect("starts");
    let entries = fixture.load().env_for_children().expect("reads");
    let value = |name: &str| match entries.iter().find(|entry| entry.name == name) {
        Some(entry) => entry.value.to_str().expect("UTF-8").to_owned(),
        None => "set".to_owned(),
    };
    let ours: String = ["A", "B", "C", "D"].map(|name| format!("{name}={}\n", value(name))).concat();
    assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), ours);
}

#[test]
fn unknown_keys_are_seen_alike() {
    let fixture =
        package().project("[build]\njbos = 1\n[http]\nfoo = 1\n[term]\nbar = 1\n[profile.dev]\nbaz = 1\n");
    let output = fixture.cargo().args(["check", "--offline"]).output().expect("starts");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let config = fixture.load();
    drop((config.build(), config.http(), config.term(), config.profile("dev")));
    let ours = fixture.warnings(&config).join("\n");
    for key in ["build.jbos", "term.bar", "profile.dev.baz"] {
        assert!(text.contains(&format!("`{key}`")), "{text}");
        assert!(ours.contains(&format!("`{key}`")), "{ours}");
    }
}
