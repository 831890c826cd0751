//! `add`

use dhow_formats::manifest_edit::{DependencyEntry, DependencyTable, EntrySource, ManifestEditor};
use dhow_model::{CRATES_IO_REGISTRY, RustVersion};
use dhow_workspace::Package;

use super::features::Candidate;
use super::options::AddOptions;
use super::request::requests;
use super::select::Selector;
use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::event::Event;
use crate::session::Session;
use crate::workspaces::{self, Care};

/// Adds dependencies to a manifest, or changes those that are there, and brings the lock file up to date.
///
/// # Errors
/// A package or a feature is not there, or the manifest cannot be changed.
pub fn add(session: &Session<'_>, options: &AddOptions) -> Result<(), Error> {
    workspaces::open(session, Care::Manifests, |workspace, sources| {
        let package = super::package(session, workspace, &options.packages)?;
        let requests = requests(&options.crates, &options.features).map_err(Error::from)?;
        if requests.len() > 1 && options.rename.is_some() {
            return Err(EditProblem::RenameOfSeveral.into());
        }
        if options.base.is_some() {
            return Err(EditProblem::Base.into());
        }
        let path = package.manifest_path();
        let mut manifest = super::open(path)?;
        let tables = manifest.legacy_tables();
        if !tables.is_empty() {
            return Err(EditProblem::LegacyTables { path: path.to_owned(), tables }.into());
        }
        let before = manifest.to_string();
        let registry = registry(session, options)?;
        let mut selector =
            Selector { session, workspace, sources, package, manifest: &manifest, options, registry };
        let candidates: Vec<Candidate> =
            requests.iter().map(|request| selector.candidate(request)).collect::<Result<_, _>>()?;
        let was_sorted = manifest.is_sorted(&options.table);
        for candidate in &candidates {
            put(session, package, &mut manifest, &options.table, candidate)?;
        }
        if was_sorted {
            manifest.sort(&options.table);
        }
        if session.lock.locked && manifest.to_string() != before {
            return Err(EditProblem::Locked { path: path.to_owned() }.into());
        }
        if options.dry_run {
            session.warn("aborting add due to dry run");
            return Ok(());
        }
        super::save(path, &manifest)
    })?;
    if !options.dry_run {
        super::resolve_again(session)?;
    }
    Ok(())
}

/// The registry that is asked, if it is not crates.io.
fn registry(session: &Session<'_>, options: &AddOptions) -> Result<Option<String>, Error> {
    let named = match &options.registry {
        Some(name) => Some(name.clone()),
        None => session.config.default_registry()?.map(|name| name.value),
    };
    Ok(named.filter(|name| name != CRATES_IO_REGISTRY))
}

/// Writes one entry, and says so.
fn put(
    session: &Session<'_>,
    package: &Package,
    manifest: &mut ManifestEditor,
    table: &DependencyTable,
    candidate: &Candidate,
) -> Result<(), Error> {
    let entry = &candidate.entry;
    session.status("Adding", action(entry, table));
    if matches!(&entry.source, Some(EntrySource::Path { path, .. }) if path == package.root()) {
        return Err(EditProblem::OnItself { name: package.name().to_string() }.into());
    }
    candidate.check()?;
    let (on, off) = candidate.on_and_off();
    if !on.is_empty() || !off.is_empty() {
        session.tell(Event::Features { version: candidate.told_version(), on, off });
    }
    manifest.insert(table, entry).map_err(EditProblem::from)?;
    // `dep:` is younger than some packages want to be.
    let has_dep_syntax =
        package.metadata().rust_version.as_ref().is_none_or(|rust| *rust >= RustVersion::new(1, 60, 0));
    let key = entry.key();
    if entry.optional == Some(true) && has_dep_syntax && !manifest.has_explicit_activation(key) {
        manifest.add_activation(key).map_err(EditProblem::from)?;
        session.status("Adding", format!("feature `{key}`"));
    }
    manifest.tidy_features(key);
    Ok(())
}

/// `foo v1.2 to optional dependencies`
fn action(entry: &DependencyEntry, table: &DependencyTable) -> String {
    let what = match &entry.source {
        Some(EntrySource::Registry { version }) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            format!(" v{version}")
        }
        Some(EntrySource::Registry { version }) => format!(" {version}"),
        Some(EntrySource::Path { .. }) => " (local)".to_owned(),
        Some(EntrySource::Git { .. }) => " (git)".to_owned(),
        Some(EntrySource::Workspace) => " (workspace)".to_owned(),
        None => String::new(),
    };
    let optional = if entry.optional == Some(true) { " optional" } else { "" };
    let public = if entry.public == Some(true) { " public" } else { "" };
    format!("{}{what} to{optional}{public} {table}", entry.name)
}
