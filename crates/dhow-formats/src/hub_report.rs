//! What `dhow hub show --format json` prints, and what the other forms of `show` are made of.

use serde::Serialize;

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HubReport {
    /// Version of this format: 1.
    pub version: u32,
    /// The project: the name of its root package, else of its directory.
    pub project: String,
    /// The machine that compiles.
    pub host: String,
    /// The platforms that the hub is for; none if it is for all.
    pub platforms: Vec<String>,
    /// Whether it also holds what only tests, examples and benchmarks need.
    pub dev_dependencies: bool,
    /// The layers, in the order in which they are shown, also those without a package.
    pub layers: Vec<LayerReport>,
    /// The sum over all packages.
    pub archive_bytes: u64,
    /// The sum over all packages.
    pub source_bytes: u64,
    /// Members of the workspace first, then everything that they need, by name and version.
    pub packages: Vec<PackageReport>,
}

/// One layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LayerReport {
    /// As in `[dhow.layers]`: `core-runtime`, `language-tooling`, `system-integration`, `synchronization`,
    /// `memory-and-utilities`, `platform-only`.
    pub key: String,
    /// For people.
    pub title: String,
    /// Its packages: positions in [`HubReport::packages`].
    pub packages: Vec<usize>,
    /// The sum over its packages.
    pub archive_bytes: u64,
    /// The sum over its packages.
    pub source_bytes: u64,
}

/// One package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PackageReport {
    /// As `cargo pkgid` prints it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `member`, `path`, `registry` or `git`.
    pub source: String,
    /// Which registry (by name, or its URL) or repository; empty for members and path packages.
    pub source_name: String,
    /// Key of its layer; empty for members and path packages.
    pub layer: String,
    /// Why it is in that layer, for people: `category "asynchronous"`.
    pub layer_reason: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// `license`, else the name of the license file.
    pub license: Option<String>,
    /// Size of its archive; nothing if it has none here.
    pub archive_bytes: Option<u64>,
    /// Size of its sources; nothing if they are not here.
    pub source_bytes: Option<u64>,
    /// Whether it is a proc macro, which runs at compile time.
    pub proc_macro: bool,
    /// Whether it has a build script, which runs at compile time.
    pub build_script: bool,
    /// The native library that it links.
    pub links: Option<String>,
    /// Enabled features, by name.
    pub features: Vec<String>,
    /// The conditions under which it is needed (`cfg(windows)`, a target triple); none if it is needed everywhere.
    pub conditions: Vec<String>,
    /// The platforms, of [`HubReport::platforms`] (or the host, if there are none), that need it.
    pub needed_on: Vec<String>,
    /// Whether only tests, examples and benchmarks need it.
    pub dev_only: bool,
    /// Whether only procedural macros and build scripts need it.
    pub compile_time_only: bool,
    /// Who needs it: by position, normal dependencies before those for builds and for development.
    pub needed_by: Vec<NeededBy>,
    /// What a developer would use of it first: the most important ones, the most important first.
    pub entry_points: Vec<EntryPoint>,
    /// How many there are in all.
    pub entry_points_total: usize,
    /// Where its documentation is.
    pub documentation: Option<String>,
    /// Where it is developed.
    pub repository: Option<String>,
}

/// One dependency, seen from its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NeededBy {
    /// Position in [`HubReport::packages`].
    pub package: usize,
    /// `normal`, `build` or `dev`.
    pub kind: String,
    /// Whether a feature of the dependent switched it on.
    pub optional: bool,
    /// Whether it asks for the default features.
    pub default_features: bool,
    /// The features that it asks for.
    pub features: Vec<String>,
    /// The condition, if there is one.
    pub condition: Option<String>,
}

/// Something to begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EntryPoint {
    /// `module`, `function`, `struct`, `enum`, `trait`, `type`, `constant`, `macro`, `derive`, `attribute`, `program`;
    /// `item` for what another package defines.
    pub kind: String,
    /// As one writes it: `tokio::spawn`.
    pub path: String,
}

impl HubReport {
    /// As JSON, in lines for people.
    ///
    /// # Errors
    /// There is no memory left.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// As JSON in one line, for programs.
    ///
    /// # Errors
    /// There is no memory left.
    pub fn to_json_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}
