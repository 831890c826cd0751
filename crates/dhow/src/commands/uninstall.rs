//! `uninstall`

use dhow_ops::UninstallOptions;

use super::Exit;
use crate::args::UninstallArgs;
use crate::context::Context;

pub(super) fn run(args: UninstallArgs, cx: &mut Context) -> Exit {
    let specs = if args.specs.is_empty() { args.package } else { args.specs };
    let options = UninstallOptions { specs, bins: args.bin, root: args.root };
    cx.with_session(|session| dhow_ops::uninstall(session, &options))?;
    Ok(0)
}
