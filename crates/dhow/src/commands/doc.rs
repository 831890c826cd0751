//! `doc`

use dhow_ops::Intent;

use super::Exit;
use super::convert::{lib_filter, packages, profile};
use crate::args::DocArgs;
use crate::context::Context;

pub(super) fn run(args: DocArgs, cx: &mut Context) -> Exit {
    let (selection, targets) = (packages(args.packages)?, lib_filter(args.targets));
    let mut options = args.common.options(
        Intent::Doc { deps: !args.no_deps },
        profile(args.profile),
        (selection, targets),
        cx,
    )?;
    options.document_private_items = args.document_private_items;
    let open = args.open;
    cx.with_session(|session| dhow_ops::doc(session, &options, open))?;
    Ok(0)
}
