//! `add`

use dhow_ops::{AddFrom, AddOptions, DepKind, DependencyTable};

use super::Exit;
use super::convert::place;
use crate::args::{AddArgs, SectionArgs};
use crate::context::Context;

pub(super) fn run(args: AddArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let source = args.source;
    let from = match (source.git, source.path) {
        (Some(url), _) => AddFrom::Git { url, branch: source.branch, tag: source.tag, rev: source.rev },
        (None, Some(path)) => AddFrom::Path { path },
        (None, None) => AddFrom::Registry,
    };
    let options = AddOptions {
        crates: args.crates,
        features: args.features,
        default_features: either(args.default_features, args.no_default_features),
        optional: either(args.optional, args.no_optional),
        public: either(args.public, args.no_public),
        rename: args.rename,
        registry: source.registry,
        from,
        base: source.base,
        table: table(args.section),
        packages: args.package,
        dry_run: args.dry_run,
        ignore_rust_version: args.ignore_rust_version,
    };
    cx.with_session(|session| dhow_ops::add(session, &options))?;
    Ok(0)
}

fn either(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}

/// The table that the flags name.
pub(super) fn table(section: SectionArgs) -> DependencyTable {
    let table = DependencyTable::new(match (section.dev, section.build) {
        (true, _) => DepKind::Development,
        (_, true) => DepKind::Build,
        _ => DepKind::Normal,
    });
    match section.target {
        Some(target) => table.for_target(target),
        None => table,
    }
}
