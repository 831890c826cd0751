//! The root of a workspace after a dependency has gone: what speaks of packages that nobody asks for any more goes.

use dhow_model::PackageIdSpec;
use toml_edit::{Item, Table};
use url::Url;

use super::{DependencyEntry, EditError, EntrySource, ManifestEditor};

/// Finds the URL of an entry's source; nothing if it has none of its own.
pub type SourceUrl<'a> = &'a dyn Fn(&DependencyEntry) -> Option<Url>;

impl ManifestEditor {
    /// Takes out of this root what `asked`, the dependencies of all members, has no use for: entries of
    /// `[workspace.dependencies]`, profiles of packages, replacements.
    ///
    /// # Errors
    /// An entry makes no sense.
    pub fn tidy_root(
        &mut self,
        mut asked: Vec<DependencyEntry>,
        source_url: SourceUrl<'_>,
    ) -> Result<(), EditError> {
        self.tidy_shared(&mut asked)?;
        let is_needed = |spec: &str| {
            let spec = PackageIdSpec::parse(spec)
                .map_err(|error| EditError::Spec { spec: spec.to_owned(), reason: error.to_string() })?;
            Ok(asked.iter().any(|entry| names(&spec, entry, source_url)))
        };
        if let Some(Item::Table(profiles)) = self.document.get_mut("profile") {
            profiles.set_implicit(true);
            for (_, profile) in profiles.iter_mut() {
                let Some(profile) = profile.as_table_mut() else { continue };
                profile.set_implicit(true);
                if let Some(Item::Table(packages)) = profile.get_mut("package") {
                    retain(packages, |spec, _| Ok(is_pattern(spec) || is_needed(spec)?))?;
                }
            }
        }
        if let Some(Item::Table(replacements)) = self.document.get_mut("replace") {
            retain(replacements, |spec, _| is_needed(spec))?;
        }
        Ok(())
    }

    /// Takes out of `[patch]` what `is_unused` says. Gives back whether something was.
    ///
    /// # Errors
    /// An entry makes no sense.
    pub fn tidy_patches(&mut self, is_unused: &dyn Fn(&DependencyEntry) -> bool) -> Result<bool, EditError> {
        let dir = self.dir.clone();
        let mut changed = false;
        let Some(Item::Table(sources)) = self.document.get_mut("patch") else { return Ok(false) };
        sources.set_implicit(true);
        for (_, patches) in sources.iter_mut() {
            let Some(patches) = patches.as_table_mut() else { continue };
            retain(patches, |key, item| {
                let unused = is_unused(&DependencyEntry::read(&dir, key, item)?);
                changed |= unused;
                Ok(!unused)
            })?;
        }
        Ok(changed)
    }

    /// Removes entries of `[workspace.dependencies]` that no member inherits. Those that are inherited take their
    /// place in `asked`.
    fn tidy_shared(&mut self, asked: &mut [DependencyEntry]) -> Result<(), EditError> {
        let dir = self.dir.clone();
        let shared =
            self.document.get_mut("workspace").and_then(|workspace| workspace.get_mut("dependencies"));
        let Some(Item::Table(shared)) = shared else { return Ok(()) };
        retain(shared, |key, item| {
            let entry = DependencyEntry::read(&dir, key, item)?;
            let mut is_used = false;
            let inherits = |other: &&mut DependencyEntry| {
                other.key() == key && other.source == Some(EntrySource::Workspace)
            };
            for other in asked.iter_mut().filter(inherits) {
                *other = entry.clone();
                is_used = true;
            }
            Ok(is_used)
        })
    }
}

/// Keeps what `keep` says; a table that is left empty does not show.
fn retain(
    table: &mut Table,
    mut keep: impl FnMut(&str, &Item) -> Result<bool, EditError>,
) -> Result<(), EditError> {
    table.set_implicit(true);
    for (key, item) in table.iter_mut() {
        if !item.is_none() && !keep(key.get(), item)? {
            *item = Item::None;
        }
    }
    Ok(())
}

fn is_pattern(spec: &str) -> bool {
    spec.contains(['*', '?', '[', ']'])
}

/// Whether a specification may mean what an entry asks for.
fn names(spec: &PackageIdSpec, entry: &DependencyEntry, source_url: SourceUrl<'_>) -> bool {
    let version_fits = match (spec.version(), entry.version()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(version), Some(req)) => semver::VersionReq::parse(req).is_ok_and(|req| req.matches(&version)),
    };
    spec.name() == entry.name
        && version_fits
        && entry.source != Some(EntrySource::Workspace)
        && spec.url().is_none_or(|url| source_url(entry).as_ref() == Some(url))
}
