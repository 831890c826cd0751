//! What a new resolution keeps of the one before.

use std::collections::BTreeSet;

use dhow_model::{PackageId, SourceId};
use dhow_resolve::{Precise, Resolve};

/// What of an earlier resolution is held on to.
#[derive(Clone, Copy)]
pub(crate) struct Hold<'a> {
    pub(crate) previous: Option<&'a Resolve>,
    pub(crate) keep: &'a dyn Fn(PackageId) -> bool,
    pub(crate) precise: &'a [Precise],
    /// Registries that are asked for news in any case.
    pub(crate) asked: &'a BTreeSet<SourceId>,
}

static NONE: BTreeSet<SourceId> = BTreeSet::new();

impl Default for Hold<'_> {
    /// On to everything, if there is anything.
    fn default() -> Self {
        Self { previous: None, keep: &|_| true, precise: &[], asked: &NONE }
    }
}
