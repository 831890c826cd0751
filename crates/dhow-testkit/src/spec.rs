//! A fixture package as plain data: what the manifest, the index line and the archive are written from.

use std::collections::BTreeMap;

use crate::dep::Dep;

#[derive(Clone, Debug)]
pub(crate) struct PackageSpec {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) license: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) links: Option<String>,
    pub(crate) resolver: Option<String>,
    pub(crate) proc_macro: bool,
    pub(crate) yanked: bool,
    pub(crate) deps: Vec<Dep>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// Text by path inside the package; `src/lib.rs` is added when there is no target at all.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) manifest: Option<String>,
    pub(crate) manifest_extra: String,
}

impl PackageSpec {
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            edition: "2021".into(),
            license: Some("MIT".into()),
            rust_version: None,
            links: None,
            resolver: None,
            proc_macro: false,
            yanked: false,
            deps: Vec::new(),
            features: BTreeMap::new(),
            files: BTreeMap::new(),
            manifest: None,
            manifest_extra: String::new(),
        }
    }

    /// The crate's name as Rust code writes it.
    pub(crate) fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Adds the library that a package has unless it brings targets of its own.
    pub(crate) fn add_default_target(&mut self) {
        let has_bin = |path: &String| path == "src/main.rs" || path.starts_with("src/bin/");
        if self.files.contains_key("src/lib.rs") || self.files.keys().any(has_bin) {
            return;
        }
        let name = self.crate_name();
        let text = if self.proc_macro {
            format!(
                "extern crate proc_macro;\nuse proc_macro::TokenStream;\n\
                 #[proc_macro]\npub fn {name}(input: TokenStream) -> TokenStream {{ input }}\n"
            )
        } else {
            format!("pub fn {name}() {{}}\n")
        };
        self.files.insert("src/lib.rs".into(), text.into_bytes());
    }
}
