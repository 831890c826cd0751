//! What a caller of the resolver does, in small: reads an index lazily, makes members from `cargo metadata`.

pub(crate) mod index;
pub(crate) mod members;
pub(crate) mod world;

use std::task::Poll;

use dhow_formats::lockfile::Lockfile;
use dhow_model::{PackageId, PartialVersion};
use dhow_resolve::{
    LockUpdate, Member, Patch, Provider, Replacement, Resolve, ResolveError, ResolveRequest, Resolver,
    VersionPreferences,
};

/// One run of the resolver.
pub(crate) struct Case {
    pub(crate) members: Vec<Member>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) replacements: Vec<Replacement>,
    /// Names of packages that are not held on to.
    pub(crate) let_go: Vec<&'static str>,
    pub(crate) prefs: VersionPreferences,
    pub(crate) lowest_rust_version: Option<PartialVersion>,
}

impl Case {
    /// Resolves, from a lock file if there is one.
    pub(crate) fn resolve(
        &self,
        provider: &mut dyn Provider,
        lock: Option<&str>,
    ) -> Result<Resolve, ResolveError> {
        let previous = lock.map(|text| {
            let lock = Lockfile::parse(text).expect("a lock file");
            Resolve::from_lock(&lock, self.path_ids()).expect("a lock file with a meaning")
        });
        let keep = |id: PackageId| !self.let_go.contains(&id.name().as_str());
        let mut resolver = Resolver::new(ResolveRequest {
            members: &self.members,
            previous: previous.as_ref(),
            keep: &keep,
            precise: &[],
            patches: &self.patches,
            replacements: &self.replacements,
            prefs: &self.prefs,
            lowest_rust_version: self.lowest_rust_version.as_ref(),
        });
        loop {
            if let Poll::Ready(result) = resolver.run(provider) {
                return result;
            }
        }
    }

    /// The lock file's text after resolving.
    pub(crate) fn lock(
        &self,
        provider: &mut dyn Provider,
        lock: Option<&str>,
    ) -> Result<String, ResolveError> {
        let resolve = self.resolve(provider, lock)?;
        Ok(match resolve.update_lock(lock, self.lowest_rust_version.as_ref()) {
            LockUpdate::Keep => lock.unwrap_or_default().to_owned(),
            LockUpdate::Write(text) => text,
        })
    }

    fn path_ids(&self) -> impl Iterator<Item = PackageId> {
        let patches = self.patches.iter().map(|patch| patch.summary.id());
        let members = self.members.iter().map(|member| member.summary.id());
        let replacements = self.replacements.iter().map(|replacement| replacement.summary.id());
        members.chain(patches).chain(replacements).filter(|id| id.source().is_path())
    }
}
