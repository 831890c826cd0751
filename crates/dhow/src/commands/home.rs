//! `home`

use dhow_ops::{CleanOptions, HomeGcOptions, Limits};

use super::Exit;
use crate::args::{HomeArgs, HomeCommand, HomeGcArgs, StatFormat};
use crate::context::Context;
use crate::error::FAILURE;

pub(super) fn run(args: HomeArgs, cx: &mut Context) -> Exit {
    match args.command {
        HomeCommand::Verify { repair } => {
            let verified = cx.with_session(|session| dhow_ops::home_verify(session, repair))?;
            Ok(if cx.report_verified(&verified)? { 0 } else { FAILURE })
        }
        HomeCommand::Stat { format } => {
            let stat = cx.with_session(dhow_ops::home_stat)?;
            match format {
                StatFormat::Json => cx.print(format_args!("{}\n", dhow_ops::home_stat_as_json(&stat)?))?,
                StatFormat::Text => cx.report_stat(&stat)?,
            }
            Ok(0)
        }
        HomeCommand::Gc(args) => gc(&args, cx),
    }
}

fn gc(args: &HomeGcArgs, cx: &mut Context) -> Exit {
    let mut limits = Limits {
        src_age: args.max_src_age,
        crate_age: args.max_crate_age,
        index_age: args.max_index_age,
        git_co_age: args.max_git_co_age,
        git_db_age: args.max_git_db_age,
        src_size: args.max_src_size,
        crate_size: args.max_crate_size,
        git_size: args.max_git_size,
        download_size: args.max_download_size,
    };
    if let Some(age) = args.max_download_age {
        limits.limit_age(age);
    }
    let options = HomeGcOptions { limits, dry_run: args.dry_run };
    let removed = cx.with_session(|session| dhow_ops::home_gc(session, &options))?;
    cx.report_clean(&removed, &CleanOptions { dry_run: args.dry_run, ..CleanOptions::default() })
}
