//! `test`

use dhow_ops::{Intent, TestOptions};

use super::Exit;
use super::convert::{filter, packages, profile};
use crate::args::TestArgs;
use crate::context::Context;
use crate::error::CliError;

pub(super) fn run(args: TestArgs, cx: &mut Context) -> Exit {
    let (selection, targets) = (packages(args.packages)?, filter(args.targets));
    if args.doc && targets != dhow_ops::CompileFilter::Default {
        return Err(CliError::usage(
            "`--doc` runs documentation tests alone: it does not go with other targets",
        ));
    }
    if args.doc && args.no_run {
        return Err(CliError::usage(
            "`--doc` with `--no-run` would do nothing: rustdoc compiles such tests as it runs them",
        ));
    }
    let intent = if args.doc { Intent::Doctest } else { Intent::Test };
    let options = args.common.options(intent, profile(args.profile), (selection, targets), cx)?;
    let is_filtered = args.name.is_some();
    let mut test_args: Vec<std::ffi::OsString> = args.name.into_iter().map(Into::into).collect();
    if cx.is_quiet() {
        test_args.push("--quiet".into());
    }
    test_args.extend(args.args);
    let tests =
        TestOptions { is_filtered, no_run: args.no_run, no_fail_fast: args.no_fail_fast, args: test_args };
    let outcome = cx.with_session(|session| dhow_ops::test(session, &options, &tests))?;
    Ok(cx.report_tests(&outcome))
}
