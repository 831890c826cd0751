//! The `Cargo.toml` of a published package, normalized as `cargo package` does it: targets and dependencies spelled out.

use crate::dep::Dep;
use crate::spec::PackageSpec;

/// The text of the manifest.
pub(crate) fn manifest(spec: &PackageSpec) -> String {
    if let Some(text) = &spec.manifest {
        return text.clone();
    }
    let mut lines = vec!["# Normalized by the fixture registry.".into()];
    package(&mut lines, spec);
    if !spec.features.is_empty() {
        table(&mut lines, "[features]");
        for (name, values) in &spec.features {
            lines.push(format!("{} = {}", quoted(name), list(values)));
        }
    }
    targets(&mut lines, spec);
    for dep in &spec.deps {
        dependency(&mut lines, dep);
    }
    lines.push(spec.manifest_extra.clone());
    lines.join("\n") + "\n"
}

fn package(lines: &mut Vec<String>, spec: &PackageSpec) {
    table(lines, "[package]");
    key(lines, "edition", &spec.edition);
    optional_key(lines, "rust-version", spec.rust_version.as_ref());
    key(lines, "name", &spec.name);
    key(lines, "version", &spec.version);
    if spec.files.contains_key("build.rs") {
        key(lines, "build", "build.rs");
    } else {
        lines.push("build = false".into());
    }
    optional_key(lines, "links", spec.links.as_ref());
    for auto in ["autolib", "autobins", "autoexamples", "autotests", "autobenches"] {
        lines.push(format!("{auto} = false"));
    }
    key(lines, "description", "A fixture.");
    lines.push("readme = false".into());
    optional_key(lines, "license", spec.license.as_ref());
    optional_key(lines, "resolver", spec.resolver.as_ref());
}

fn targets(lines: &mut Vec<String>, spec: &PackageSpec) {
    if spec.files.contains_key("src/lib.rs") {
        table(lines, "[lib]");
        key(lines, "name", &spec.crate_name());
        key(lines, "path", "src/lib.rs");
        if spec.proc_macro {
            lines.push("proc-macro = true".into());
        }
    }
    for path in spec.files.keys() {
        if let Some((kind, name)) = discovered(path, &spec.name) {
            table(lines, &format!("[[{kind}]]"));
            key(lines, "name", name);
            key(lines, "path", path);
        }
    }
}

/// The target that Cargo's discovery would make of a file.
fn discovered<'a>(path: &'a str, package: &'a str) -> Option<(&'static str, &'a str)> {
    if path == "src/main.rs" {
        return Some(("bin", package));
    }
    let (kind, rest) =
        [("src/bin/", "bin"), ("examples/", "example"), ("tests/", "test"), ("benches/", "bench")]
            .iter()
            .find_map(|(dir, kind)| Some((*kind, path.strip_prefix(dir)?)))?;
    let name = rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs"))?;
    (!name.contains('/')).then_some((kind, name))
}

fn dependency(lines: &mut Vec<String>, dep: &Dep) {
    let target = dep.target.as_ref();
    let target = target.map_or_else(String::new, |target| format!("target.{}.", quoted(target)));
    let name = quoted(dep.name_in_manifest());
    table(lines, &format!("[{target}{}.{name}]", dep.kind.table()));
    key(lines, "version", &dep.req);
    if dep.rename.is_some() {
        key(lines, "package", &dep.package);
    }
    optional_key(lines, "registry-index", dep.registry.as_ref());
    if !dep.features.is_empty() {
        lines.push(format!("features = {}", list(&dep.features)));
    }
    if dep.optional {
        lines.push("optional = true".into());
    }
    if !dep.default_features {
        lines.push("default-features = false".into());
    }
}

fn table(lines: &mut Vec<String>, header: &str) {
    lines.extend([String::new(), header.into()]);
}

fn key(lines: &mut Vec<String>, key: &str, value: &str) {
    lines.push(format!("{key} = {}", quoted(value)));
}

fn optional_key(lines: &mut Vec<String>, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        key(lines, name, value);
    }
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A basic TOML string: JSON's escapes are a subset of TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
