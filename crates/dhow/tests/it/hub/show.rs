//! `hub show` and `tree --layers`: what is there, and why.

use dhow_testkit::{GitRepo, Output, Registry, Sandbox};
use serde_json::Value;

use super::hidden;
use crate::support::{Fixture, bare_fixture, cmd, ok, run};

/// Packages of every layer, the names of which say nothing.
fn fill(r: &Registry) {
    let package = |name: &str, words: &str| {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{words}\n");
        r.package(name, "1.0.0").manifest(&manifest)
    };
    package(
        "p-drive",
        "license = \"MIT\"\ndescription = \"Drives\\nthings\"\ncategories = [\"asynchronous\"]\nrepository = \
         \"https://host.invalid/drive\"\n[features]\ndefault = []\nfull = [\"dep:p-wait\"]\n[dependencies]\np-wait = \
         { version = \"1\", optional = true, default-features = false, features = [\"fair\"] }\n\
         [target.'cfg(windows)'.dependencies]\np-win = \"1\"",
    )
    .dep_with("p-wait", "1", |dep| dep.optional().no_default().features(["fair"]))
    .target_dep("cfg(windows)", "p-win", "1")
    .feature("full", &["dep:p-wait"])
    .feature("default", &[])
    .lib("//! Begin with [`start`].\ncfg_full! { pub mod task; }\npub fn other() {}\npub fn start() {}")
    .file("src/task.rs", "")
    .publish();
    package("p-wait", "keywords = [\"mutex\"]\n[features]\nfair = []").feature("fair", &[]).lib("").publish();
    package("p-win", "").publish();
    package("p-native", "links = \"z\"").links("z").build_script("fn main() {}").publish();
    package("p-macro", "[lib]\nproc-macro = true\n[dependencies]\np-parse = \"1\"")
        .proc_macro()
        .dep("p-parse", "1")
        .lib("#[proc_macro] pub fn make(i: proc_macro::TokenStream) -> proc_macro::TokenStream { i }")
        .publish();
    package("p-parse", "categories = [\"parser-implementations\"]").publish();
    package("p-silent", "").publish();
    package("p-test", "categories = [\"development-tools::testing\"]").publish();
}

fn project() -> Fixture {
    let f = bare_fixture(fill);
    f.project
        .manifest(
            "app",
            "[dependencies]\np-drive = { version = \"1\", features = [\"full\"] }\np-macro = \"1\"\np-silent = \"1\"\n\
             p-native = \"1\"\n[dev-dependencies]\np-test = \"1\"\n",
        )
        .file("src/main.rs", "fn main() {}");
    f
}

fn report(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).expect("a document")
}

fn package<'a>(report: &'a Value, name: &str) -> &'a Value {
    let packages = report["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == name).unwrap_or_else(|| panic!("{name} is there"))
}

/// `key: packages` of each layer.
fn layers(report: &Value) -> Vec<String> {
    let layer = |layer: &Value| {
        let position = |at: &Value| usize::try_from(at.as_u64().expect("a position")).expect("small");
        let names: Vec<&str> = layer["packages"]
            .as_array()
            .expect("positions")
            .iter()
            .map(|at| report["packages"][position(at)]["name"].as_str().expect("a name"))
            .collect();
        format!("{}: {}", layer["key"].as_str().expect("a key"), names.join(" "))
    };
    report["layers"].as_array().expect("layers").iter().map(layer).collect()
}

#[test]
fn everything_is_told_of_every_package() {
    let f = project();
    ok(&f.project, "hub create");
    let output = hidden(&f.project, "hub show --format json").run().assert_success();
    let report = report(&output);
    let wanted = [
        "core-runtime: p-drive",
        "language-tooling: p-macro p-parse p-test",
        "system-integration: p-native",
        "synchronization: p-wait",
        "memory-and-utilities: p-silent",
        "platform-only: p-win",
    ];
    assert_eq!(layers(&report), wanted);
    assert_eq!(report["packages"][0]["name"], "app", "members come first");
    assert_eq!(report["packages"][0]["source"], "member");
    let drive = package(&report, "p-drive");
    assert_eq!(drive["description"], "Drives things");
    assert_eq!(drive["license"], "MIT");
    assert_eq!(drive["layer_reason"], "category \"asynchronous\"");
    assert_eq!(drive["features"], serde_json::json!(["default", "full"]));
    assert_eq!(drive["needed_by"][0]["features"], serde_json::json!(["full"]));
    assert_eq!(drive["repository"], "https://host.invalid/drive");
    let points: Vec<&str> = drive["entry_points"]
        .as_array()
        .expect("points")
        .iter()
        .map(|point| point["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(points, ["p_drive::start", "p_drive::other", "p_drive::task"]);
    let archive = std::fs::metadata(f.registry.crate_file("p-drive", "1.0.0")).expect("published").len();
    assert_eq!(drive["archive_bytes"], archive);
    assert!(drive["source_bytes"].as_u64().is_some_and(|bytes| bytes > 300));
    let wait = package(&report, "p-wait");
    assert_eq!(wait["needed_by"][0]["optional"], true);
    assert_eq!(wait["needed_by"][0]["features"], serde_json::json!(["fair"]));
    assert_eq!(wait["needed_by"][0]["default_features"], false);
    let win = package(&report, "p-win");
    assert_eq!(win["conditions"], serde_json::json!(["cfg(windows)"]));
    assert_eq!(win["needed_on"], serde_json::json!([]));
    assert_eq!(
        (&package(&report, "p-native")["build_script"], &win["build_script"]),
        (&true.into(), &false.into())
    );
    assert_eq!(package(&report, "p-parse")["compile_time_only"], true);
    assert_eq!(package(&report, "p-test")["dev_only"], true);
    let total: u64 = report["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .map(|layer| layer["archive_bytes"].as_u64().expect("a size"))
        .sum();
    assert_eq!(report["archive_bytes"], total);
    assert!(total > archive);
}

#[test]
fn people_get_text_and_markdown() {
    let f = project();
    ok(&f.project, "hub create");
    let text = hidden(&f.project, "hub show").run().assert_success().stdout;
    let drive = text.split("\n\n").find(|part| part.trim_start().starts_with("p-drive")).expect("p-drive");
    let lines: Vec<&str> = drive.lines().map(str::trim_start).skip(1).collect();
    let wanted = [
        "Drives things",
        "needed by     app (with full)",
        "features      default, full",
        "begin with    p_drive::start, p_drive::other, p_drive::task",
        "placed by     category \"asynchronous\"",
    ];
    assert_eq!(lines, wanted);
    for part in [
        "app, for all platforms, with dev-dependencies",
        "\nall ",
        "p-drive (optional; no default features; with fair)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let markdown = hidden(&f.project, "hub show --format markdown").run().assert_success().stdout;
    for part in [
        "# The hub of app\n",
        "| Core runtime and I/O | 1 |",
        "## Platform-only\n\n### p-win 1.0.0\n",
        "- only on: `cfg(windows)`\n",
    ] {
        assert!(markdown.contains(part), "{part} in {markdown}");
    }
}

#[test]
fn settings_of_the_hub_are_those_of_the_report() {
    let f = project();
    ok(&f.project, "hub create --no-dev-dependencies --target x86_64-pc-windows-gnu");
    let report = report(&ok(&f.project, "hub show --format json"));
    assert_eq!(report["platforms"], serde_json::json!(["x86_64-pc-windows-gnu"]));
    assert_eq!(report["dev_dependencies"], false);
    let layers = layers(&report);
    assert_eq!(layers[1], "language-tooling: p-macro p-parse", "nothing for tests");
    assert_eq!(layers[4], "memory-and-utilities: p-silent p-win", "needed on the wanted platform");
    assert_eq!(layers[5], "platform-only: ");
    assert_eq!(package(&report, "p-win")["needed_on"], report["platforms"]);
}

#[test]
fn without_a_hub_there_is_nothing_to_show() {
    let f = project();
    run(&f.project, "hub show").assert_code(101).assert_stderr_has("`dhow hub create`");
    assert!(!f.project.exists("Cargo.lock"), "nothing was made");
    // A lock file that does not fit is not brought up to date either.
    ok(&f.project, "hub create");
    let lock = f.project.read("Cargo.lock");
    f.project.manifest("app", "[dependencies]\np-win = \"1\"\n");
    run(&f.project, "hub show").assert_code(101).assert_stderr_has("--locked");
    assert_eq!(f.project.read("Cargo.lock"), lock);
}

#[test]
fn layers_of_any_project_are_listed() {
    let f = project();
    let text = ok(&f.project, "tree --layers").stdout;
    let wanted = "\
Core runtime and I/O
└── p-drive v1.0.0

Language and compile-time tooling
├── p-macro v1.0.0 (proc-macro)
├── p-parse v1.0.0
└── p-test v1.0.0

System integration
└── p-native v1.0.0

Synchronization
└── p-wait v1.0.0

Memory management and utilities
└── p-silent v1.0.0

Platform-only
└── p-win v1.0.0
";
    assert_eq!(text, wanted);
    ok(&f.project, "hub create");
    assert_eq!(ok(&f.project, "tree --layers").stdout, wanted);
    let narrowed = ok(&f.project, "tree --layers -e normal,no-proc-macro --prefix depth -f {lib}:{f}").stdout;
    assert_eq!(narrowed.lines().filter(|line| line.starts_with('0')).count(), 5, "{narrowed}");
    assert!(narrowed.contains("1p_drive:default,full\n") && !narrowed.contains("p_macro"), "{narrowed}");
    let windows = ok(&f.project, "tree --layers --charset ascii --target x86_64-pc-windows-gnu").stdout;
    assert!(windows.ends_with("|-- p-silent v1.0.0\n`-- p-win v1.0.0\n"), "{windows}");
    let everywhere = ok(&f.project, "tree --layers --target all --prefix none").stdout;
    assert!(everywhere.ends_with("p-silent v1.0.0\np-win v1.0.0\n"), "{everywhere}");
}

#[test]
fn flags_about_the_shape_of_a_tree_do_not_go_with_layers() {
    let f = project();
    for flags in ["-i p-wait", "--prune p-wait", "--depth 1", "--no-dedupe", "-d"] {
        run(&f.project, &format!("tree --layers {flags}")).assert_failure().assert_stderr_has("--layers");
    }
    run(&f.project, "tree --layers -e features").assert_failure().assert_stderr_has("--edges features");
}

#[test]
fn a_project_places_packages_itself() {
    let f = project();
    ok(&f.project, "hub create");
    let config = f.project.read(".cargo/config.toml");
    let place = |lines: &str| {
        f.project.file(".cargo/config.toml", format!("{config}\n[dhow.layers]\n{lines}\n"));
    };
    place(
        "p-silent = \"synchronization\"\n\"p-silent@1\" = \"core-runtime\"\n\"p-win@2\" = \"core-runtime\"",
    );
    let output = ok(&f.project, "hub show --format json").assert_stderr_has("`p-win@2`");
    let report = report(&output);
    assert_eq!(layers(&report)[0], "core-runtime: p-drive p-silent");
    assert_eq!(package(&report, "p-silent")["layer_reason"], "placed by `[dhow.layers]`");
    assert_eq!(package(&report, "p-win")["layer"], "platform-only");
    place("p-win = \"core-runtime\"");
    assert!(ok(&f.project, "tree --layers --prefix none").stdout.contains("p-drive v1.0.0\np-win v1.0.0\n"));
    place("p-silent = \"core\"");
    for words in ["hub show", "tree --layers"] {
        let output = run(&f.project, words).assert_code(101);
        for part in ["`p-silent`", "`core`", "config.toml", "core-runtime, language-tooling"] {
            assert!(output.stderr.contains(part), "{part} in {output}");
        }
    }
    cmd(&f.project, "tree").run().assert_success();
    place("p-silent = 1");
    run(&f.project, "hub show").assert_code(101).assert_stderr_has("a string");
}

#[test]
fn packages_of_any_source_are_told_apart() {
    let (f, repos) = (bare_fixture(fill), Sandbox::new());
    let library = GitRepo::at(&repos.path("library"));
    library.file("Cargo.toml", "[package]\nname = \"library\"\nversion = \"1.0.0\"\ncategories = [\"os\"]\n");
    library.file("src/lib.rs", "pub struct Thing;").commit("first");
    f.project
        .file("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nexclude = [\"beside\"]\nresolver = \"2\"\n")
        .file(
            "a/Cargo.toml",
            format!(
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = {{ path = \"../b\" }}\nbeside = {{ path = \
                 \"../beside\" }}\nlibrary = {{ git = \"{}\" }}\n",
                library.url()
            ),
        )
        .file("b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[dependencies]\np-silent = \"1\"\n")
        .file("beside/Cargo.toml", "[package]\nname = \"beside\"\nversion = \"0.1.0\"\n");
    for lib in ["a", "b", "beside"] {
        f.project.file(format!("{lib}/src/lib.rs"), "");
    }
    ok(&f.project, "hub create");
    std::fs::rename(repos.path("library"), repos.path("gone")).expect("moves");
    let report = report(&hidden(&f.project, "hub show --format json").run().assert_success());
    let packages = report["packages"].as_array().expect("packages");
    let told: Vec<String> = packages
        .iter()
        .map(|package| {
            ["name", "source", "source_name", "layer"]
                .map(|key| package[key].as_str().expect("text"))
                .join(" ")
        })
        .collect();
    let git = format!("library git {} system-integration", library.url());
    let wanted = [
        "a member  ",
        "b member  ",
        "beside path  ",
        &git,
        "p-silent registry crates-io memory-and-utilities",
    ];
    assert_eq!(told, wanted);
    assert_eq!(report["project"], "project", "the directory, as there is no root package");
    let library = package(&report, "library");
    assert_eq!(library["archive_bytes"], Value::Null);
    assert!(library["source_bytes"].as_u64().is_some_and(|bytes| (80..300).contains(&bytes)), "{library}");
    assert_eq!(library["entry_points"][0]["path"], "library::Thing");
}
