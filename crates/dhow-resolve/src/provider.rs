//! Where the resolver learns which releases exist.

use std::sync::Arc;
use std::task::Poll;

use dhow_model::{Dependency, InternedString, RustVersion, Summary};
use semver::Version;

/// What went wrong behind the provider; its text is shown as the cause.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// A [`ProviderError`] that several may hold.
#[derive(Clone)]
pub struct SharedError(Arc<dyn std::error::Error + Send + Sync>);

impl From<ProviderError> for SharedError {
    fn from(error: ProviderError) -> Self {
        Self(Arc::from(error))
    }
}

impl std::fmt::Display for SharedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Debug for SharedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SharedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// Tells which releases of a package exist. Answers must not change while one [`crate::Resolver`] runs.
pub trait Provider {
    /// All releases of the package with `dep`'s name at `dep`'s source (a git source may be pinned to a commit),
    /// yanked ones included, in any order; only name and source of `dep` count. An unknown package is an empty
    /// answer, not an error.
    ///
    /// `Pending` means "asked for, call again": the resolver goes on to ask for everything else it can see, and then
    /// says that it needs more. An error counts only if the answer turns out to be needed. Path sources must be
    /// answered at once.
    ///
    /// # Errors
    /// The answer cannot be had.
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>>;
}

/// All releases of one package from one source. Most are never looked at closely, so an implementation may read an
/// index entry only when [`Self::summary`] asks for it. Entries that cannot be used (a format from the future)
/// should not be here.
pub trait Releases {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The version of the release at `index`.
    fn version(&self, index: usize) -> &Version;

    /// Whether it is yanked.
    fn is_yanked(&self, index: usize) -> bool;

    /// Whether it can be had without the network. Offline, if that holds for any release that satisfies a
    /// requirement, the others do not count for it; online, this is true for all.
    fn is_at_hand(&self, _index: usize) -> bool {
        true
    }

    /// The native library that it links.
    fn links(&self, index: usize) -> Option<InternedString> {
        self.summary(index)?.links()
    }

    /// The oldest Rust that it says it builds with. Asked for only if versions are chosen by it.
    fn rust_version(&self, index: usize) -> Option<RustVersion> {
        self.summary(index)?.rust_version().copied()
    }

    /// All about it; nothing if it turns out to be unusable. Asked for once for each release that is tried.
    fn summary(&self, index: usize) -> Option<Summary>;
}

impl Releases for Vec<Summary> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn version(&self, index: usize) -> &Version {
        self[index].id().version()
    }

    fn is_yanked(&self, index: usize) -> bool {
        self[index].is_yanked()
    }

    fn summary(&self, index: usize) -> Option<Summary> {
        self.get(index).cloned()
    }
}
