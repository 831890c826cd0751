//! `update`

use dhow_ops::UpdateOptions;

use super::Exit;
use super::convert::place;
use crate::args::UpdateArgs;
use crate::context::Context;
use crate::error::CliError;

pub(super) fn run(args: UpdateArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    if args.breaking {
        return Err(CliError::usage(
            "`--breaking` is not stable yet, in Cargo neither: change the requirements in `Cargo.toml`, then update",
        ));
    }
    let specs = if args.package.is_empty() { args.spec } else { args.package };
    if let Some(toolchain) = specs.iter().find_map(|spec| spec.strip_prefix('+')) {
        return Err(CliError::usage(&format!(
            "no package is called `+{toolchain}`; to choose a toolchain: `dhow +{toolchain} update`"
        )));
    }
    let options = UpdateOptions {
        specs,
        precise: args.precise,
        recursive: args.recursive,
        workspace: args.workspace,
        dry_run: args.dry_run,
        ignore_rust_version: args.ignore_rust_version,
    };
    cx.with_session(|session| dhow_ops::update(session, &options))?;
    Ok(0)
}
