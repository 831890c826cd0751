//! `vendor`

use std::path::PathBuf;

use dhow_ops::VendorOptions;

use super::Exit;
use super::convert::place;
use crate::args::VendorArgs;
use crate::context::Context;

pub(super) fn run(args: VendorArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let options = VendorOptions {
        directory: args.path.unwrap_or_else(|| PathBuf::from("vendor")),
        versioned_dirs: args.versioned_dirs,
        no_delete: args.no_delete,
        sync: args.sync,
        respect_source_config: args.respect_source_config,
    };
    let config = cx.with_session(|session| dhow_ops::vendor(session, &options))?;
    if cx.is_quiet() {
        return Ok(0);
    }
    match config {
        Some(lines) => {
            cx.say("To use vendored sources, add this to your .cargo/config.toml for this project:\n");
            cx.print(lines)?;
        }
        None => cx.say("There is no dependency to vendor in this project."),
    }
    Ok(0)
}
