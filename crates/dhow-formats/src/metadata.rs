//! What `cargo metadata --format-version 1` prints: specified in the Cargo book, "cargo metadata".
//!
//! Plain structs in the order in which the fields are printed. What they mean is decided elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::manifest::Hints;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Metadata {
    /// Members and, unless left out, all that they depend on.
    pub packages: Vec<MetadataPackage>,
    /// Package ids of the members.
    pub workspace_members: Vec<String>,
    /// Package ids of the members that commands work on by default.
    pub workspace_default_members: Vec<String>,
    /// The graph; `null` with `--no-deps`.
    pub resolve: Option<MetadataResolve>,
    /// Absolute path.
    pub target_directory: String,
    /// Absolute path.
    pub build_directory: String,
    /// Version of this format: 1.
    pub version: u32,
    /// Absolute path.
    pub workspace_root: String,
    /// `workspace.metadata` of the root manifest.
    pub metadata: Option<toml::Value>,
}

impl Metadata {
    /// The document as one line of JSON.
    ///
    /// # Errors
    /// `metadata` tables that JSON cannot say (none of TOML's are).
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// One package.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the manifest")]
pub struct MetadataPackage {
    pub name: String,
    pub version: String,
    pub id: String,
    pub license: Option<String>,
    pub license_file: Option<String>,
    pub description: Option<String>,
    pub source: Option<String>,
    pub dependencies: Vec<MetadataDependency>,
    pub targets: Vec<MetadataTarget>,
    pub features: BTreeMap<String, Vec<String>>,
    pub manifest_path: String,
    pub metadata: Option<toml::Value>,
    pub publish: Option<Vec<String>>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    pub keywords: Vec<String>,
    pub readme: Option<String>,
    pub repository: Option<String>,
    pub homepage: Option<String>,
    pub documentation: Option<String>,
    pub edition: &'static str,
    pub links: Option<String>,
    pub default_run: Option<String>,
    pub rust_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
}

/// One dependency as declared.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the manifest")]
pub struct MetadataDependency {
    pub name: String,
    pub source: Option<String>,
    pub req: String,
    pub kind: Option<&'static str>,
    pub rename: Option<String>,
    pub optional: bool,
    pub uses_default_features: bool,
    pub features: Vec<String>,
    pub target: Option<String>,
    /// Absolute path of a path dependency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    pub registry: Option<String>,
}

/// One target.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the manifest")]
pub struct MetadataTarget {
    pub kind: Vec<String>,
    pub crate_types: Vec<String>,
    pub name: String,
    pub src_path: String,
    pub edition: &'static str,
    #[serde(rename = "required-features", skip_serializing_if = "Option::is_none")]
    pub required_features: Option<Vec<String>>,
    pub doc: bool,
    pub doctest: bool,
    pub test: bool,
}

/// The graph.
#[derive(Debug, Serialize)]
pub struct MetadataResolve {
    /// One node per package, sorted by identity.
    pub nodes: Vec<MetadataNode>,
    /// The package in whose directory the command ran; `null` in a virtual workspace.
    pub root: Option<String>,
}

/// One package's place in the graph.
#[derive(Debug, Serialize)]
pub struct MetadataNode {
    /// Package id.
    pub id: String,
    /// Package ids of what it depends on.
    pub dependencies: Vec<String>,
    /// The same with the names under which they are known.
    pub deps: Vec<MetadataNodeDep>,
    /// Features that are on.
    pub features: Vec<String>,
}

/// One edge.
#[derive(Debug, Serialize)]
pub struct MetadataNodeDep {
    /// The crate's name in the source of who depends on it; empty where there is no library.
    pub name: String,
    /// Package id.
    pub pkg: String,
    /// The declarations that made the edge.
    pub dep_kinds: Vec<MetadataDepKind>,
}

/// One declaration of an edge.
#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetadataDepKind {
    /// `null`, `dev` or `build`.
    pub kind: Option<&'static str>,
    /// The platform as written.
    pub target: Option<String>,
}

/// What `cargo locate-project` prints.
pub fn located(manifest: &str) -> String {
    serde_json::json!({ "root": manifest }).to_string()
}
