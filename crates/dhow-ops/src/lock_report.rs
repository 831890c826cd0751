//! What a resolution changed in the lock file, told package by package as Cargo tells it: what was added, updated,
//! removed, and what could be newer.

mod available;
mod changes;

use dhow_model::{PackageId, PartialVersion, RustVersion};
use dhow_resolve::{Precise, Resolve};

use self::available::available;
use self::changes::Change;
use crate::error::Error;
use crate::event::Event;
use crate::lock_change::{ChangeKind, LockChange, LockRemark};
use crate::rust_versions::RustVersions;
use crate::session::Session;
use crate::sources::Sources;

/// Why the lock file was made or changed: decides what is worth telling.
#[derive(Clone, Copy)]
pub(crate) enum Occasion<'a> {
    /// There was none, or it does not count: only what deserves a remark.
    New,
    /// Something had to change: what is new.
    Changed(&'a Resolve),
    /// The user asked for changes: everything.
    Update {
        previous: &'a Resolve,
        /// A version was asked for, so nothing is said of the latest: not of these packages at all.
        precise: Option<&'a [Precise]>,
    },
}

impl<'a> Occasion<'a> {
    fn previous(self) -> Option<&'a Resolve> {
        match self {
            Self::New => None,
            Self::Changed(previous) | Self::Update { previous, .. } => Some(previous),
        }
    }
}

/// Tells what `resolve` changes. May ask registries for the releases of what changed.
pub(crate) fn tell(
    session: &Session<'_>,
    sources: &mut Sources<'_>,
    rust_versions: &RustVersions<'_>,
    resolve: &Resolve,
    occasion: Occasion<'_>,
) -> Result<(), Error> {
    let is_update = matches!(occasion, Occasion::Update { .. });
    let mut changes = changes::between(occasion.previous(), resolve, &rust_versions.member_ids());
    if !is_update {
        changes.retain(|change| change.kind.is_new() && !change.is_member);
    }
    let count = changes.iter().filter(|change| change.kind.is_new()).count();
    if count == 0 && !is_update {
        return Ok(());
    }
    let rustc: Option<PartialVersion> = sources.rustc_version().ok().map(Into::into);
    let needed = changes::rust_needed(resolve, rust_versions, rustc.as_ref());
    let precise = match occasion {
        Occasion::Update { precise, .. } => precise,
        _ => None,
    };
    if precise.is_none() {
        let lowest = rust_versions.lowest().or(rustc).filter(|_| rust_versions.count());
        session.status("Locking", locking(count, lowest.as_ref()));
    }
    let may_have_more =
        |change: &&Change| change.kind != ChangeKind::Removed && change.id.source().is_registry();
    sources.request(changes.iter().filter(may_have_more).map(|change| change.id))?;
    let mut unchanged_behind = 0;
    for change in &changes {
        let mut remark = None;
        if may_have_more(&change) {
            let required = needed.get(&change.id);
            let id = change.id;
            let wish = precise.into_iter().flatten().find(|p| (p.name, p.source) == (id.name(), id.source()));
            let newer = available(&*sources.releases(id)?, change, required, wish);
            if change.kind == ChangeKind::Unchanged && newer.is_some() {
                unchanged_behind += 1;
            }
            remark = rust_is_too_old(resolve, id, required).or(newer);
        }
        let is_told = match (occasion, change.kind) {
            (Occasion::New, _) => remark.is_some(),
            (_, ChangeKind::Unchanged) => remark.is_some() && session.verbose,
            _ => true,
        };
        if is_told {
            let package = change.to_string();
            session.tell(Event::LockChange(LockChange { kind: change.kind, package, remark }));
        }
    }
    if is_update && session.verbose {
        let help = "to see how you depend on a package, run `dhow tree --invert <dep>@<ver>`";
        session.tell(Event::Note(help.to_owned()));
    } else if unchanged_behind > 0 {
        let help = format!("pass `--verbose` to see {unchanged_behind} unchanged dependencies behind latest");
        session.tell(Event::Note(help));
    }
    Ok(())
}

/// `3 packages to latest Rust 1.60 compatible versions`
fn locking(count: usize, rust: Option<&PartialVersion>) -> String {
    let plural = if count == 1 { "" } else { "s" };
    let rust = rust.map(|rust| format!(" Rust {rust}")).unwrap_or_default();
    format!("{count} package{plural} to latest{rust} compatible version{plural}")
}

fn rust_is_too_old(
    resolve: &Resolve,
    id: PackageId,
    required: Option<&PartialVersion>,
) -> Option<LockRemark> {
    let needs: &RustVersion = resolve.summary(id)?.rust_version()?;
    let too_old = !needs.is_compatible_with(required?);
    too_old.then(|| LockRemark::RequiresRust(needs.to_string()))
}
