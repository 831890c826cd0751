//! `doc`

use dhow_ops::Intent;

use super::Exit;
use super::convert::{Common, lib_filter, packages};
use crate::args::DocArgs;
use crate::context::Context;

pub(super) fn run(args: DocArgs, cx: &mut Context) -> Exit {
    let (selection, targets) = (packages(args.packages)?, lib_filter(args.targets));
    let common = Common {
        features: args.features,
        profile: args.profile,
        jobs: args.jobs,
        compile: args.compile,
        manifest: args.manifest,
        messages: args.messages,
        ignore_rust_version: args.ignore_rust_version,
    };
    let mut options = common.options(Intent::Doc { deps: !args.no_deps }, selection, targets, cx)?;
    options.document_private_items = args.document_private_items;
    let open = args.open;
    cx.with_session(|session| dhow_ops::doc(session, &options, open))?;
    Ok(0)
}
