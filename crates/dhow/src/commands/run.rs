//! `run`

use dhow_ops::{Intent, PackageSelection};

use super::Exit;
use super::convert::{Common, run_filter};
use crate::args::RunArgs;
use crate::context::Context;

pub(super) fn run(args: RunArgs, cx: &mut Context) -> Exit {
    let selection =
        args.package.map_or(PackageSelection::Default, |spec| PackageSelection::Named(vec![spec]));
    let targets = run_filter(args.targets);
    let common = Common {
        features: args.features,
        profile: args.profile,
        jobs: args.jobs,
        compile: args.compile,
        manifest: args.manifest,
        messages: args.messages,
        ignore_rust_version: args.ignore_rust_version,
    };
    let options = common.options(Intent::Build, selection, targets, cx)?;
    let program = cx.with_session(|session| dhow_ops::run(session, &options, &args.args))?;
    cx.become_program(program)
}
