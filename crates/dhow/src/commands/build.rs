//! `build` and `check`.

use dhow_ops::Intent;

use super::Exit;
use super::convert::{filter, packages, profile};
use crate::args::BuildArgs;
use crate::context::Context;

pub(super) fn run(args: BuildArgs, intent: Intent, cx: &mut Context) -> Exit {
    let (selection, targets) = (packages(args.packages)?, filter(args.targets));
    let options = args.common.options(intent, profile(args.profile), (selection, targets), cx)?;
    cx.with_session(|session| dhow_ops::build(session, &options))?;
    Ok(0)
}

/// As Cargo: `check --profile test` checks targets as tests.
pub(super) fn check(args: BuildArgs, cx: &mut Context) -> Exit {
    let test = args.profile.profile.as_deref() == Some("test");
    run(args, Intent::Check { test }, cx)
}
