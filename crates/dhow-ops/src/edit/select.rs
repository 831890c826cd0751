//! Where a dependency that is to be added comes from: as asked for, as an entry that is there says, from the
//! workspace, or the newest release of a registry.

use dhow_formats::manifest_edit::{Declared, DependencyEntry, DependencyTable, EntrySource, ManifestEditor};
use dhow_model::{DepKind, PartialVersion, RustVersion, SourceId, Summary};
use dhow_workspace::{Package, Workspace};

use super::features::Candidate;
use super::options::{AddFrom, AddOptions};
use super::query;
use super::request::Request;
use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::session::Session;
use crate::sources::Sources;

/// What a dependency is chosen by.
pub(super) struct Selector<'a, 's> {
    pub(super) session: &'a Session<'a>,
    pub(super) workspace: &'a Workspace,
    pub(super) sources: &'a mut Sources<'s>,
    pub(super) package: &'a Package,
    pub(super) manifest: &'a ManifestEditor,
    pub(super) options: &'a AddOptions,
    /// Of the registry that is asked.
    pub(super) registry: Option<String>,
}

impl Selector<'_, '_> {
    /// The entry that is to be written for a request.
    pub(super) fn candidate(&mut self, request: &Request) -> Result<Candidate, Error> {
        let asked = self.asked(request)?;
        let mut wanted = self.apply(asked, request);
        let old = self.existing(&mut wanted)?;
        let had_version = old.as_ref().is_some_and(|old| old.version().is_some());
        let mut entry = match old {
            Some(old) if old.name != wanted.name => {
                wanted.optional = wanted.optional.or(old.optional);
                wanted
            }
            Some(mut old) => {
                old.source = wanted.source.or(old.source);
                self.apply(old, request)
            }
            None => wanted,
        };
        if entry.source.is_none() {
            self.find_source(&mut entry)?;
        }
        if entry.source == Some(EntrySource::Workspace) {
            self.check_inherited(&entry)?;
        }
        let needs_version = matches!(entry.source, Some(EntrySource::Registry { .. }));
        if !needs_version && !had_version && self.is_dev() {
            entry = entry.without_version();
        }
        self.with_features(entry)
    }

    /// The package that was named, with the source that was named.
    fn asked(&mut self, request: &Request) -> Result<DependencyEntry, Error> {
        let name = request.name.clone().unwrap_or_default();
        let (source, where_) = match &self.options.from {
            AddFrom::Registry => {
                let source = request.req.clone().map(|version| registry_source(&version));
                return Ok(DependencyEntry { name, source, ..DependencyEntry::default() });
            }
            AddFrom::Path { path } => {
                let path = self.session.absolute(path);
                (EntrySource::Path { path, base: None, version: None }, "its path")
            }
            AddFrom::Git { url, branch, tag, rev } => {
                let [branch, tag, rev] = [branch, tag, rev].map(Clone::clone);
                (EntrySource::Git { url: url.clone(), branch, tag, rev, version: None }, "its repository")
            }
        };
        if let Some(req) = &request.req {
            return Err(EditProblem::VersionBeside { name, req: req.clone(), where_ }.into());
        }
        let mut entry = DependencyEntry { name, source: Some(source), ..DependencyEntry::default() };
        if request.name.is_none() {
            entry.name = self.only_package(&entry)?;
        }
        match query::releases(self.session, self.sources, &entry)?.as_slice() {
            [summary, ..] => Ok(from_summary(summary)),
            [] => Err(self.not_found(&entry)),
        }
    }

    /// The name of the package in a directory, or of the only one in a repository.
    fn only_package(&mut self, entry: &DependencyEntry) -> Result<String, Error> {
        let nothing = || EditProblem::WhichOf { place: "the source".to_owned(), names: Vec::new() };
        let source = query::source_id(self.session, entry)?.ok_or_else(nothing)?;
        if source.is_path() {
            return Ok(self.sources.loader().path_package(source)?.name().to_string());
        }
        let packages = self.sources.git_packages(source)?.ok_or_else(nothing)?;
        let mut names: Vec<String> = packages.iter().map(|package| package.name().to_string()).collect();
        names.sort_unstable();
        match names.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(EditProblem::WhichOf { place: source.to_string(), names }.into()),
        }
    }

    /// What flags say.
    fn apply(&self, mut entry: DependencyEntry, request: &Request) -> DependencyEntry {
        let flags = self.options;
        if let Some(registry) = &self.registry {
            entry.registry = Some(registry.clone());
        }
        if let Some(optional) = flags.optional {
            entry.optional = optional.then_some(true);
        }
        if let Some(public) = flags.public {
            entry.public = public.then_some(true);
        }
        if let Some(default) = flags.default_features {
            entry.default_features = (!default).then_some(false);
        }
        if let Some(features) = &request.features {
            entry.add_features(features);
        }
        if let Some(rename) = &flags.rename {
            entry.rename = Some(rename.clone());
        }
        entry
    }

    /// The entry of that name: in the same table, else what another table says of its source.
    fn existing(&self, wanted: &mut DependencyEntry) -> Result<Option<DependencyEntry>, Error> {
        let all = self.manifest.dependencies();
        self.by_any_spelling(wanted, |key| existing(&all, key, &self.options.table))
    }

    /// Looks for a name and its other spellings. A renamed dependency has one name only.
    fn by_any_spelling(
        &self,
        wanted: &mut DependencyEntry,
        find: impl Fn(&str) -> Result<Option<DependencyEntry>, EditProblem>,
    ) -> Result<Option<DependencyEntry>, Error> {
        if let Some(rename) = &wanted.rename {
            return Ok(find(rename)?);
        }
        for spelling in [wanted.name.clone(), wanted.name.replace('-', "_"), wanted.name.replace('_', "-")] {
            let Some(found) = find(&spelling)? else { continue };
            if spelling != wanted.name {
                if !matches!(found.source, Some(EntrySource::Registry { .. })) {
                    continue;
                }
                self.take_spelling(wanted, spelling);
            }
            return Ok(Some(found));
        }
        Ok(None)
    }

    fn take_spelling(&self, wanted: &mut DependencyEntry, spelling: String) {
        self.session.warn(format!("translating `{}` to `{spelling}`", wanted.name));
        wanted.name = spelling;
    }

    /// Nobody has said where it comes from: the root of the workspace may, it may be a member, else it is the newest
    /// release.
    fn find_source(&mut self, entry: &mut DependencyEntry) -> Result<(), Error> {
        let root = super::open(self.workspace.root_manifest_path())?;
        let shared =
            self.by_any_spelling(entry, |key| Ok(root.workspace_dependency(key).and_then(Result::ok)))?;
        if shared.is_some() {
            entry.source = Some(EntrySource::Workspace);
            return Ok(());
        }
        if let Some(member) = self.workspace.members().iter().find(|member| *member.name() == *entry.name) {
            let version = (!self.is_dev()).then(|| without_build(&member.version().to_string()));
            entry.source = Some(EntrySource::Path { path: member.root().to_owned(), base: None, version });
            return Ok(());
        }
        let newest = self.newest(entry)?;
        if *newest.id().name() != *entry.name {
            self.take_spelling(entry, newest.id().name().to_string());
        }
        entry.source = Some(registry_source(&newest.id().version().to_string()));
        Ok(())
    }

    /// The newest release, if possible one that the package's Rust can compile.
    fn newest(&mut self, entry: &DependencyEntry) -> Result<Summary, Error> {
        let mut found = query::releases(self.session, self.sources, entry)?;
        found.sort_by_key(|s| (s.id().version().pre.is_empty(), s.id().version()));
        let Some(newest) = found.last().cloned() else { return Err(self.not_found(entry)) };
        if self.options.ignore_rust_version {
            return Ok(newest);
        }
        let (rust, promised) = match &self.package.metadata().rust_version {
            Some(rust) => (rust.to_partial(), true),
            None => (PartialVersion::from(self.sources.rustc_version()?), false),
        };
        let limit = || match promised {
            true => format!("the `rust-version` {rust} of `{}`", self.package.name()),
            false => format!("rustc {rust}"),
        };
        let fits = |s: &&Summary| s.rust_version().is_none_or(|needs| needs.is_compatible_with(&rust));
        let needs = newest.rust_version().cloned().unwrap_or(RustVersion::new(1, 0, 0));
        let Some(chosen) = found.iter().rfind(fits) else {
            let (latest, needs) = (newest.id().version().to_string(), needs.to_string());
            return Err(
                EditProblem::RustVersion { name: entry.name.clone(), limit: limit(), latest, needs }.into()
            );
        };
        if chosen.id().version() < newest.id().version() {
            let (name, version) = (&entry.name, newest.id().version());
            self.session.warn(format!(
                "not {name} {version}, which needs Rust {needs}: it does not go with {}",
                limit()
            ));
        }
        Ok(chosen.clone())
    }

    /// Source and defaults of an inherited entry are not the member's to change.
    fn check_inherited(&self, entry: &DependencyEntry) -> Result<(), EditProblem> {
        let given = [
            (self.options.default_features.is_some(), "--default-features", "default-features"),
            (self.registry.is_some(), "--registry", "registry"),
            (self.options.rename.is_some(), "--rename", "package"),
        ];
        match given.into_iter().find(|(given, ..)| *given) {
            Some((_, flag, field)) => {
                Err(EditProblem::Inherited { key: entry.key().to_owned(), flag, field })
            }
            None => Ok(()),
        }
    }

    fn with_features(&mut self, entry: DependencyEntry) -> Result<Candidate, Error> {
        let mut asked = entry.clone();
        if entry.source == Some(EntrySource::Workspace) {
            let root = super::open(self.workspace.root_manifest_path())?;
            if let Some(shared) = root.workspace_dependency(entry.key()) {
                asked = shared.map_err(EditProblem::from)?;
            }
        }
        let found = query::releases(self.session, self.sources, &asked)?;
        let oldest = found.iter().min_by_key(|s| (!s.id().version().pre.is_empty(), s.id().version()));
        let inherited = match entry.source {
            Some(EntrySource::Workspace) => asked.features.clone().unwrap_or_default(),
            _ => Vec::new(),
        };
        match oldest {
            Some(summary) => Ok(Candidate::new(entry, inherited, summary)),
            None => Err(self.not_found(&asked)),
        }
    }

    fn not_found(&self, entry: &DependencyEntry) -> Error {
        let what = match entry.version() {
            Some(req) => format!("{}@{req}", entry.name),
            None => entry.name.clone(),
        };
        let place = match query::source_id(self.session, entry) {
            Ok(Some(source)) => source.to_string(),
            _ => "any source".to_owned(),
        };
        EditProblem::NotFound { name: what, place, help: String::new() }.into()
    }

    fn is_dev(&self) -> bool {
        self.options.table.kind() == DepKind::Development
    }
}

fn registry_source(version: &str) -> EntrySource {
    EntrySource::Registry { version: without_build(version) }
}

fn without_build(version: &str) -> String {
    version.split('+').next().unwrap_or(version).to_owned()
}

/// An entry for exactly this package, wherever it was found.
fn from_summary(summary: &Summary) -> DependencyEntry {
    let id = summary.id();
    let version = Some(without_build(&id.version().to_string()));
    let source: SourceId = id.source();
    let found = match (source.local_path(), source.git_reference()) {
        (Some(path), _) => EntrySource::Path { path, base: None, version },
        (None, Some(reference)) => {
            use dhow_model::GitReference::{Branch, DefaultBranch, Rev, Tag};
            let (mut branch, mut tag, mut rev) = (None, None, None);
            match reference {
                Branch(name) => branch = Some(name.clone()),
                Tag(name) => tag = Some(name.clone()),
                Rev(name) => rev = Some(name.clone()),
                DefaultBranch => {}
            }
            EntrySource::Git { url: source.url().to_string(), branch, tag, rev, version }
        }
        (None, None) => registry_source(&id.version().to_string()),
    };
    DependencyEntry { name: id.name().to_string(), source: Some(found), ..DependencyEntry::default() }
}

/// What a manifest says of `key`: the entry in `table` itself; else source and registry of the entry in the most
/// important other table, because one wants the same version everywhere.
fn existing(
    all: &[Declared],
    key: &str,
    table: &DependencyTable,
) -> Result<Option<DependencyEntry>, EditProblem> {
    let importance = |declared: &&Declared| {
        let kind = match (declared.table == *table, &declared.entry, declared.table.kind()) {
            (true, ..) => return (4, true),
            (_, Err(_), _) => 0,
            (.., DepKind::Development) => 1,
            (.., DepKind::Build) => 2,
            (.., DepKind::Normal) => 3,
        };
        (kind, declared.table.target().is_some())
    };
    let Some(found) = all.iter().filter(|declared| declared.key == key).max_by_key(importance) else {
        return Ok(None);
    };
    let entry = found.entry.clone()?;
    if found.table == *table {
        return Ok(Some(entry));
    }
    let DependencyEntry { name, source, registry, .. } = entry;
    let entry = DependencyEntry { name, source, registry, ..DependencyEntry::default() };
    let is_registry = matches!(entry.source, Some(EntrySource::Registry { .. }));
    let is_dev = table.kind() == DepKind::Development;
    Ok(Some(if is_dev && !is_registry { entry.without_version() } else { entry }))
}
