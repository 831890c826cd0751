//! The builder of one fixture package: collects what it is, and publishes it, whole or broken on purpose.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::archive::{RawEntry, build_archive};
use crate::dep::Dep;
use crate::spec::PackageSpec;
use crate::store::Store;
use crate::{index, manifest};

/// What publishing made.
#[derive(Clone, Debug)]
pub struct Published {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The checksum as the index has it.
    pub checksum: String,
    /// The archive in the registry's directory.
    pub crate_file: PathBuf,
    /// The line that was added to the index.
    pub index_line: String,
}

/// A package on its way into a [`crate::Registry`]; nothing is written before [`PackageBuilder::publish`].
#[must_use = "a package is only there once it is published"]
pub struct PackageBuilder {
    store: Store,
    spec: PackageSpec,
    entries: Vec<RawEntry>,
    archive: Option<Vec<u8>>,
    reshape: Vec<Change>,
    tamper: Vec<Change>,
    checksum: Option<String>,
    index_line: Option<String>,
}

type Change = Box<dyn FnOnce(&mut Vec<u8>)>;

impl PackageBuilder {
    pub(crate) fn new(store: Store, name: &str, version: &str) -> Self {
        Self {
            store,
            spec: PackageSpec::new(name, version),
            entries: Vec::new(),
            archive: None,
            reshape: Vec::new(),
            tamper: Vec::new(),
            checksum: None,
            index_line: None,
        }
    }

    /// A `[dependencies]` entry.
    pub fn dep(self, name: &str, req: &str) -> Self {
        self.dep_with(name, req, |dep| dep)
    }

    /// A `[dev-dependencies]` entry.
    pub fn dev_dep(self, name: &str, req: &str) -> Self {
        self.dep_with(name, req, Dep::dev)
    }

    /// A `[build-dependencies]` entry.
    pub fn build_dep(self, name: &str, req: &str) -> Self {
        self.dep_with(name, req, Dep::build)
    }

    /// A dependency for one platform: a triple or a `cfg(..)`.
    pub fn target_dep(self, target: &str, name: &str, req: &str) -> Self {
        self.dep_with(name, req, |dep| dep.target(target))
    }

    /// An optional dependency.
    pub fn optional_dep(self, name: &str, req: &str) -> Self {
        self.dep_with(name, req, Dep::optional)
    }

    /// `alias = { package = name, version = req }`.
    pub fn renamed_dep(self, alias: &str, name: &str, req: &str) -> Self {
        self.dep_with(name, req, |dep| dep.rename(alias))
    }

    /// A dependency with everything that [`Dep`] can say.
    pub fn dep_with(mut self, name: &str, req: &str, refine: impl FnOnce(Dep) -> Dep) -> Self {
        self.spec.deps.push(refine(Dep::new(name, req)));
        self
    }

    /// A feature and what it enables.
    pub fn feature(mut self, name: &str, values: &[&str]) -> Self {
        let values = values.iter().copied().map(String::from).collect();
        self.spec.features.insert(name.into(), values);
        self
    }

    /// A file of the package; its path decides whether it becomes a target. Without any target, a library with
    /// `pub fn <name>() {}` is added.
    pub fn file(mut self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.spec.files.insert(path.into(), text.as_ref().to_vec());
        self
    }

    /// The text of `src/lib.rs`.
    pub fn lib(self, text: &str) -> Self {
        self.file("src/lib.rs", text)
    }

    /// The text of `build.rs`.
    pub fn build_script(self, text: &str) -> Self {
        self.file("build.rs", text)
    }

    /// Makes the library a proc macro (by default one function-like macro `<name>!` that gives back its input).
    pub fn proc_macro(mut self) -> Self {
        self.spec.proc_macro = true;
        self
    }

    /// `package.links`.
    pub fn links(mut self, links: &str) -> Self {
        self.spec.links = Some(links.into());
        self
    }

    /// `package.rust-version`.
    pub fn rust_version(mut self, version: &str) -> Self {
        self.spec.rust_version = Some(version.into());
        self
    }

    /// `package.edition` (2021 unless told).
    pub fn edition(mut self, edition: &str) -> Self {
        self.spec.edition = edition.into();
        self
    }

    /// `package.resolver`.
    pub fn resolver(mut self, resolver: &str) -> Self {
        self.spec.resolver = Some(resolver.into());
        self
    }

    /// `package.license` (MIT unless told).
    pub fn license(mut self, license: &str) -> Self {
        self.spec.license = Some(license.into());
        self
    }

    /// Whether the version is yanked.
    pub fn yanked(mut self, yanked: bool) -> Self {
        self.spec.yanked = yanked;
        self
    }

    /// The whole text of `Cargo.toml`; the index line still follows the builder.
    pub fn manifest(mut self, text: &str) -> Self {
        self.spec.manifest = Some(text.into());
        self
    }

    /// Text to append to the generated `Cargo.toml`.
    pub fn manifest_extra(mut self, text: &str) -> Self {
        self.spec.manifest_extra += text;
        self
    }

    /// An archive entry written as it is, after the package's own files.
    pub fn entry(mut self, entry: RawEntry) -> Self {
        self.entries.push(entry);
        self
    }

    /// The `.crate` file's bytes, instead of an archive of the files.
    pub fn crate_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.archive = Some(bytes);
        self
    }

    /// Changes the archive *before* its checksum is taken: the index vouches for the broken file.
    pub fn reshape(mut self, change: impl FnOnce(&mut Vec<u8>) + 'static) -> Self {
        self.reshape.push(Box::new(change));
        self
    }

    /// Changes the archive *after* its checksum was taken: it does not match the index.
    pub fn tamper(mut self, change: impl FnOnce(&mut Vec<u8>) + 'static) -> Self {
        self.tamper.push(Box::new(change));
        self
    }

    /// The checksum to write into the index, whatever the archive's is.
    pub fn checksum(mut self, checksum: &str) -> Self {
        self.checksum = Some(checksum.into());
        self
    }

    /// The index line to write, whatever the package is.
    pub fn index_line(mut self, line: &str) -> Self {
        self.index_line = Some(line.into());
        self
    }

    /// Writes archive and index line; a version that is there already is replaced.
    pub fn publish(mut self) -> Published {
        self.spec.add_default_target();
        let mut archive = match self.archive.take() {
            Some(bytes) => bytes,
            None => build_archive(&self.archive_entries()),
        };
        for change in self.reshape {
            change(&mut archive);
        }
        let checksum = self.checksum.unwrap_or_else(|| hex::encode(Sha256::digest(&archive)));
        for change in self.tamper {
            change(&mut archive);
        }
        let (name, version) = (self.spec.name.clone(), self.spec.version.clone());
        let index_line = self.index_line.unwrap_or_else(|| index::index_line(&self.spec, &checksum));
        self.store.put_crate(&name, &version, &archive);
        self.store.put_line(&name, &version, index_line.clone());
        Published { crate_file: self.store.crate_file(&name, &version), name, version, checksum, index_line }
    }

    fn archive_entries(&self) -> Vec<RawEntry> {
        let prefix = format!("{}-{}", self.spec.name, self.spec.version);
        let manifest = manifest::manifest(&self.spec);
        let mut entries = vec![RawEntry::file(format!("{prefix}/Cargo.toml"), manifest)];
        entries.extend(
            self.spec.files.iter().map(|(path, text)| RawEntry::file(format!("{prefix}/{path}"), text)),
        );
        entries.extend(self.entries.iter().cloned());
        entries
    }
}
