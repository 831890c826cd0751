//! `remove`

use dhow_ops::RemoveOptions;

use super::Exit;
use super::add::table;
use super::convert::place;
use crate::args::RemoveArgs;
use crate::context::Context;

pub(super) fn run(args: RemoveArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let options = RemoveOptions {
        names: args.names,
        table: table(args.section),
        packages: args.package,
        dry_run: args.dry_run,
    };
    cx.with_session(|session| dhow_ops::remove(session, &options))?;
    Ok(0)
}
