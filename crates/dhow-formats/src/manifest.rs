//! `Cargo.toml` ⇄ the schema that the Cargo team keeps (`cargo-util-schemas`).
//!
//! Text in, plain struct out, together with the keys that the schema does not know. Errors say where in the text
//! they are; [`find_span`] says the same for a key path, for those who find something wrong with the meaning later.
//! The format is specified in the Cargo book, "The Manifest Format".

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

pub use cargo_util_schemas::manifest::{
    FeatureName, Hints, InheritableDependency, InheritableField, InheritableLints, InheritablePackage,
    PackageName, PathValue, ProfileName, ProfilePackageSpec, StringOrBool, TomlDebugInfo, TomlDependency,
    TomlDetailedDependency, TomlInheritedDependency, TomlLint, TomlLintLevel, TomlLints, TomlManifest,
    TomlPackage, TomlPackageBuild, TomlPlatform, TomlProfile, TomlProfiles, TomlTarget, TomlTrimPaths,
    TomlWorkspace, VecStringOrBool,
};
pub use toml::{Table as TomlTable, Value as TomlValue};

/// A manifest as written.
#[derive(Clone, Debug)]
pub struct ParsedManifest {
    /// Its content.
    pub toml: TomlManifest,
    /// Keys that the schema does not know, sorted.
    pub unused_keys: Vec<KeyPath>,
}

/// The way to a value, from the root of the document: table keys, and decimal indices of arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(pub Vec<String>);

impl KeyPath {
    /// The path of these keys.
    pub fn new<T: Into<String>>(keys: impl IntoIterator<Item = T>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// This path and one key more.
    #[must_use]
    pub fn join(&self, key: impl Into<String>) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.into());
        Self(keys)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(key)?;
        }
        Ok(())
    }
}

/// Text that is not TOML, or TOML that is not a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestSyntaxError {
    /// What is wrong.
    pub message: String,
    /// Bytes of the text that are.
    pub span: Option<Range<usize>>,
}

/// Line and column (both from 1, the column in characters) of the byte `offset` of `text`.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let start_of_line = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.get(start_of_line..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Reads the text of a manifest.
///
/// # Errors
/// What is not TOML, or has a value of the wrong type somewhere.
pub fn parse(text: &str) -> Result<ParsedManifest, ManifestSyntaxError> {
    let mut unused_keys = Vec::new();
    let deserializer = toml::de::Deserializer::parse(text).map_err(syntax_error)?;
    let toml: TomlManifest = serde_ignored::deserialize(deserializer, |path| {
        let mut keys = Vec::new();
        collect(&path, &mut keys);
        unused_keys.push(KeyPath(keys));
    })
    .map_err(syntax_error)?;
    collect_unused_dependency_keys(&toml, &mut unused_keys);
    unused_keys.sort();
    unused_keys.dedup();
    Ok(ParsedManifest { toml, unused_keys })
}

/// Reads one profile table, as configuration files have them too.
///
/// # Errors
/// What is not a profile.
pub fn parse_profile(table: TomlTable) -> Result<TomlProfile, ManifestSyntaxError> {
    TomlProfile::deserialize(TomlValue::Table(table)).map_err(syntax_error)
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn syntax_error(error: toml::de::Error) -> ManifestSyntaxError {
    ManifestSyntaxError { message: error.message().to_owned(), span: error.span() }
}

fn collect(path: &serde_ignored::Path<'_>, keys: &mut Vec<String>) {
    use serde_ignored::Path;
    match path {
        Path::Root => {}
        Path::Seq { parent, index } => {
            collect(parent, keys);
            keys.push(index.to_string());
        }
        Path::Map { parent, key } => {
            collect(parent, keys);
            keys.push(key.clone());
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            collect(parent, keys);
        }
    }
}

/// Dependencies swallow the keys that they do not know, so serde does not see them.
fn collect_unused_dependency_keys(toml: &TomlManifest, unused: &mut Vec<KeyPath>) {
    let mut tables = vec![
        (KeyPath::new(["dependencies"]), &toml.dependencies),
        (KeyPath::new(["dev-dependencies"]), &toml.dev_dependencies),
        (KeyPath::new(["build-dependencies"]), &toml.build_dependencies),
    ];
    for (name, platform) in toml.target.iter().flatten() {
        let base = KeyPath::new(["target", name]);
        tables.push((base.join("dependencies"), &platform.dependencies));
        tables.push((base.join("dev-dependencies"), &platform.dev_dependencies));
        tables.push((base.join("build-dependencies"), &platform.build_dependencies));
    }
    for (base, table) in tables {
        for (name, dependency) in table.iter().flatten() {
            unused.extend(dependency.unused_keys().into_iter().map(|key| base.join(name.as_str()).join(key)));
        }
    }
    let workspace = toml.workspace.as_ref().and_then(|w| w.dependencies.as_ref());
    for (name, dependency) in workspace.into_iter().flatten() {
        let base = KeyPath::new(["workspace", "dependencies", name]);
        unused.extend(dependency.unused_keys().into_iter().map(|key| base.join(key)));
    }
    for (source, table) in toml.patch.iter().flatten() {
        for (name, dependency) in table {
            let base = KeyPath::new(["patch", source, name]);
            unused.extend(dependency.unused_keys().into_iter().map(|key| base.join(key)));
        }
    }
}

/// Where in `text` the value at `path` stands; if it is not there, the nearest table above it that is (its key).
/// Reads the text again: for errors and warnings, not for the ordinary road.
pub fn find_span(text: &str, path: &KeyPath) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let mut found = None;
    let mut table = Some(document.get_ref());
    let mut array: Option<&toml::de::DeArray<'_>> = None;
    for key in &path.0 {
        let value = if let Some(items) = array {
            let item = items.get(key.parse::<usize>().ok()?);
            found = item.map(toml::Spanned::span).or(found);
            item
        } else {
            let entry = table.and_then(|t| t.iter().find(|(name, _)| name.get_ref() == key));
            found = entry.map(|(name, value)| span_of_entry(name, value)).or(found);
            entry.map(|(_, value)| value)
        };
        let Some(value) = value else { break };
        (table, array) = match value.get_ref() {
            DeValue::Table(inner) => (Some(inner), None),
            DeValue::Array(items) => (None, Some(items)),
            _ => (None, None),
        };
    }
    found
}

/// A plain value is shown itself; a table by its key, because tables are long.
fn span_of_entry(
    name: &toml::Spanned<std::borrow::Cow<'_, str>>,
    value: &toml::Spanned<DeValue<'_>>,
) -> Range<usize> {
    match value.get_ref() {
        DeValue::Table(_) => name.span(),
        _ => value.span(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(text: &str, message: &str, spanned: &str) {
        let error = parse(text).expect_err("must not parse");
        assert!(error.message.contains(message), "{}", error.message);
        assert_eq!(error.span.map(|span| &text[span]), Some(spanned));
    }

    #[test]
    fn wrong_types_say_where() {
        check_error("[package]\nname = 1\n", "invalid type", "1");
        check_error("[package]\nname = \"a b\"\n", "invalid character", "\"a b\"");
        // Whether the end of the line is part of it is the parser's affair.
        let unclosed = parse("[package\n").expect_err("must not parse");
        assert_eq!(unclosed.span.map(|span| span.start), Some("[package".len()));
    }

    #[test]
    fn unknown_keys_are_listed() {
        let text = "[package]\nname = \"a\"\ncolour = 1\n[dependencies.b]\nversion = \"1\"\nshape = 2\n";
        let unused: Vec<_> =
            parse(text).expect("parses").unused_keys.iter().map(ToString::to_string).collect();
        assert_eq!(unused, ["dependencies.b.shape", "package.colour"]);
    }

    #[test]
    fn key_paths_lead_to_text() {
        let text = "[package]\nname = \"a\"\n[[bin]]\nname = \"x\"\n[[bin]]\nname = \"y\"\n";
        let find =
            |keys: &[&str]| find_span(text, &KeyPath::new(keys.iter().copied())).map(|span| &text[span]);
        assert_eq!(find(&["package", "name"]), Some("\"a\""));
        assert_eq!(find(&["bin", "1", "name"]), Some("\"y\""));
        assert_eq!(find(&["package", "missing"]), Some("package"));
        assert_eq!(find(&["nothing"]), None);
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        assert_eq!(line_column("ab\ncde", 0), (1, 1));
        assert_eq!(line_column("ab\ncde", 4), (2, 2));
        assert_eq!(line_column("äb", 2), (1, 2));
    }
}
