//! `bench`

use dhow_ops::{Intent, TestOptions};

use super::Exit;
use super::convert::{filter, packages};
use crate::args::BenchArgs;
use crate::context::Context;

pub(super) fn run(args: BenchArgs, cx: &mut Context) -> Exit {
    let (selection, targets) = (packages(args.packages)?, filter(args.targets));
    let options = args.common.options(Intent::Bench, args.profile, (selection, targets), cx)?;
    let is_filtered = args.name.is_some();
    let mut bench_args: Vec<std::ffi::OsString> = args.name.into_iter().map(Into::into).collect();
    bench_args.extend(args.args);
    // libtest runs benchmarks only when it is told to.
    bench_args.push("--bench".into());
    let tests =
        TestOptions { is_filtered, no_run: args.no_run, no_fail_fast: args.no_fail_fast, args: bench_args };
    let outcome = cx.with_session(|session| dhow_ops::test(session, &options, &tests))?;
    Ok(cx.report_tests(&outcome))
}
