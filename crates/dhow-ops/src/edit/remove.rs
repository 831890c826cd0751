//! `remove`

use dhow_formats::manifest_edit::{DependencyTable, ManifestEditor};

use super::root;
use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::event::Event;
use crate::session::Session;
use crate::workspaces::{self, Care};

/// What to remove, and from where.
#[derive(Clone, Debug)]
pub struct RemoveOptions {
    /// Names, as the manifest has them.
    pub names: Vec<String>,
    /// `--dev`, `--build`, `--target`
    pub table: DependencyTable,
    /// `--package`
    pub packages: Vec<String>,
    /// `--dry-run`
    pub dry_run: bool,
}

/// Removes dependencies from a manifest, and from the root of the workspace what nobody needs any more; then brings the
/// lock file up to date.
///
/// # Errors
/// A dependency is not there, or a manifest cannot be changed.
pub fn remove(session: &Session<'_>, options: &RemoveOptions) -> Result<(), Error> {
    workspaces::open(session, Care::Manifests, |workspace, _| {
        let path = super::package(session, workspace, &options.packages)?.manifest_path();
        let mut manifest = super::open(path)?;
        for name in &options.names {
            session.status("Removing", format!("{name} from {}", options.table));
            if manifest.remove(&options.table, name).is_err() {
                return Err(not_there(&manifest, name, &options.table).into());
            }
            manifest.tidy_features(name);
        }
        if options.dry_run {
            session.warn("aborting remove due to dry run");
            return Ok(());
        }
        super::save(path, &manifest)?;
        root::tidy(session, workspace)
    })?;
    if options.dry_run {
        return Ok(());
    }
    // Patches that have become useless are about to go: nobody wants to be warned of them. As with `-q`, waiting and
    // errors are told.
    let important = |event: Event| {
        if matches!(event, Event::Blocking(_) | Event::Error(_)) {
            session.tell(event);
        }
    };
    let quiet = Session { events: &important, ..*session };
    let resolve = super::resolve_again(&quiet)?;
    if root::tidy_patches(session, resolve.unused_patches())? {
        super::resolve_again(session)?;
    }
    Ok(())
}

/// Says where a dependency of that name, or of a similar one, is.
fn not_there(manifest: &ManifestEditor, name: &str, table: &DependencyTable) -> EditProblem {
    let all = manifest.dependencies();
    let elsewhere: Vec<String> =
        all.iter().filter(|d| d.key == name).map(|d| format!("`{}`{}", d.table, flags(&d.table))).collect();
    let here = all.iter().filter(|d| d.table == *table).map(|d| d.key.as_str());
    let similar = dhow_resolve::similar(name, here);
    let help = if !elsewhere.is_empty() {
        format!("\n\nhelp: it is in {}", elsewhere.join(" and in "))
    } else if !similar.is_empty() {
        format!("\n\nhelp: there is `{}`", similar.join("` and `"))
    } else {
        String::new()
    };
    EditProblem::NoDependency { name: name.to_owned(), table: table.keys().join("."), help }
}

/// How to reach a table.
fn flags(table: &DependencyTable) -> String {
    use dhow_model::DepKind::{Build, Development, Normal};
    let kind = match table.kind() {
        Normal => None,
        Development => Some("--dev".to_owned()),
        Build => Some("--build".to_owned()),
    };
    let target = table.target().map(|target| format!("--target '{target}'"));
    let flags: Vec<String> = kind.into_iter().chain(target).collect();
    if flags.is_empty() { String::new() } else { format!(": try `{}`", flags.join(" ")) }
}
