//! What comes up while a manifest is read and does not end the reading.

use std::cell::RefCell;

use dhow_formats::manifest::KeyPath;

use crate::edition::Edition;
use crate::error::Flaw;
use crate::problem::PackageProblem;

/// Warnings, and problems that some readers can live with.
#[derive(Debug)]
pub(crate) struct Notes {
    enabled: bool,
    strict: bool,
    warnings: RefCell<Vec<(KeyPath, String)>>,
    critical: RefCell<Vec<Flaw>>,
}

impl Notes {
    /// Warnings are kept if `enabled`: for packages of other people nobody reads them. Critical problems are if
    /// `strict`.
    pub(crate) fn new(enabled: bool, strict: bool) -> Self {
        Self { enabled, strict, warnings: RefCell::default(), critical: RefCell::default() }
    }

    /// Nothing is kept.
    pub(crate) fn silent() -> Self {
        Self::new(false, false)
    }

    pub(crate) fn enabled(&self) -> bool {
        self.enabled
    }

    pub(crate) fn warn<'k>(&self, keys: impl IntoIterator<Item = &'k str>, message: impl FnOnce() -> String) {
        if self.enabled {
            self.warnings.borrow_mut().push((KeyPath::new(keys), message()));
        }
    }

    /// A problem that makes a member useless, but not a dependency: its other targets can be used.
    pub(crate) fn critical(&self, flaw: Flaw) {
        if self.strict {
            self.critical.borrow_mut().push(flaw);
        }
    }

    pub(crate) fn into_parts(self) -> (Vec<(KeyPath, String)>, Option<Flaw>) {
        (self.warnings.into_inner(), self.critical.into_inner().into_iter().next())
    }
}

/// An old spelling with an underscore: a warning, and an error from edition 2024. `keys` ends with the old spelling.
pub(crate) fn deprecated_underscore(
    old: bool,
    new: bool,
    keys: &[&str],
    edition: Edition,
    notes: &Notes,
) -> Result<(), Flaw> {
    if !old {
        return Ok(());
    }
    let old_key = keys.last().copied().unwrap_or_default();
    let new_key = old_key.replace('_', "-");
    if edition >= Edition::E2024 {
        let problem = PackageProblem::Underscore { old: old_key.to_owned(), new: new_key };
        return Err(Flaw::new(keys.iter().copied(), problem));
    }
    notes.warn(keys.iter().copied(), || match new {
        true => format!("`{old_key}` is ignored, because there is `{new_key}` too"),
        false => format!("`{old_key}` is an old spelling of `{new_key}` and an error from edition 2024"),
    });
    Ok(())
}
