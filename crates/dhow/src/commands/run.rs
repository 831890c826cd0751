//! `run`

use dhow_ops::{Intent, PackageSelection};

use super::Exit;
use super::convert::{profile, run_filter};
use crate::args::RunArgs;
use crate::context::Context;

pub(super) fn run(args: RunArgs, cx: &mut Context) -> Exit {
    let selection =
        args.package.map_or(PackageSelection::Default, |spec| PackageSelection::Named(vec![spec]));
    let targets = run_filter(args.targets);
    let options = args.common.options(Intent::Build, profile(args.profile), (selection, targets), cx)?;
    let program = cx.with_session(|session| dhow_ops::run(session, &options, &args.args))?;
    cx.become_program(program)
}
