//! Where the resolver learns which releases exist.

use std::sync::Arc;
use std::task::Poll;

use dhow_model::{Dependency, Summary};

/// What went wrong behind the provider; its text is shown as the cause.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// Tells which releases of a package exist. Answers must not change while one [`crate::Resolver`] runs.
pub trait Provider {
    /// The releases that have `dep`'s name, come from its source and satisfy its requirement, yanked ones included,
    /// in any order. It may answer with more than that (all releases, for instance): the resolver filters. An
    /// unknown package is an empty answer, not an error.
    ///
    /// `Pending` means "asked for, call again": the resolver goes on to ask for everything else it can see, and then
    /// says that it needs more. An error counts only if the answer turns out to be needed.
    ///
    /// # Errors
    /// The answer cannot be had.
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<[Summary]>, ProviderError>>;
}
