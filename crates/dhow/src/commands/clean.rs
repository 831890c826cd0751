//! `clean`

use dhow_ops::CleanOptions;

use super::Exit;
use super::convert::{place, profile};
use crate::args::CleanArgs;
use crate::context::Context;

pub(super) fn run(args: CleanArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, args.compile.target_dir);
    let options = CleanOptions {
        doc: args.doc,
        dry_run: args.dry_run,
        packages: args.package,
        workspace: args.workspace,
        profile: profile(args.profile),
        targets: args.compile.target,
    };
    let removed = cx.with_session(|session| dhow_ops::clean(session, &options))?;
    cx.report_clean(&removed, &options)
}
