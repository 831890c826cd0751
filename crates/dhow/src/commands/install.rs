//! `install`

use std::path::PathBuf;

use dhow_ops::{CompileOptions, CrateSpec, GitSource, InstallFrom, InstallOptions, Intent, MessageFormat};

use super::Exit;
use super::convert::program_filter;
use crate::args::InstallArgs;
use crate::context::Context;
use crate::error::CliError;

pub(super) fn run(args: InstallArgs, cx: &mut Context) -> Exit {
    let directory = args.path.as_ref().map(|path| cx.env().cwd().join(path));
    // What lies around the current directory has nothing to do with a program for the whole machine.
    cx.configure_from(directory.as_deref())?;
    cx.target_dir.clone_from(&args.target_dir);
    if args.list {
        let text = cx.with_session(|session| dhow_ops::installed_list(session, args.root.as_deref()))?;
        cx.print(text)?;
        return Ok(0);
    }
    let options = options(args, directory)?;
    cx.with_session(|session| dhow_ops::install(session, &options))?;
    Ok(0)
}

fn options(args: InstallArgs, directory: Option<PathBuf>) -> Result<InstallOptions, CliError> {
    if args.dry_run {
        return Err(CliError::usage(
            "`install --dry-run` is unstable in Cargo 1.95, and Dhow does not have it",
        ));
    }
    let packages = packages(&args)?;
    let from = match (&args.git, directory) {
        (Some(url), _) => InstallFrom::Git(GitSource {
            url: url.clone(),
            branch: args.branch,
            tag: args.tag,
            rev: args.rev,
        }),
        (None, Some(directory)) => InstallFrom::Path(dhow_fs::normalize(&directory)),
        (None, None) if packages.is_empty() => InstallFrom::CurrentDirectory,
        (None, None) => args.index.map_or(InstallFrom::Registry(args.registry), InstallFrom::Index),
    };
    let message_format =
        MessageFormat::parse(&args.messages.message_format).map_err(|e| CliError::usage(&e.to_string()))?;
    let profile = if args.debug { "dev".to_owned() } else { args.profile.unwrap_or("release".to_owned()) };
    Ok(InstallOptions {
        packages,
        from,
        root: args.root,
        force: args.force,
        no_track: args.no_track,
        compile: CompileOptions {
            filter: program_filter(args.targets),
            features: args.features.into(),
            profile: Some(profile),
            targets: args.target,
            jobs: args.jobs.jobs,
            keep_going: args.jobs.keep_going,
            message_format,
            ignore_rust_version: args.ignore_rust_version,
            ..CompileOptions::new(Intent::Build)
        },
    })
}

/// `--version` is for all packages that come without one of their own. Who is named twice is meant once.
fn packages(args: &InstallArgs) -> Result<Vec<CrateSpec>, CliError> {
    let mut packages = args.crates.clone();
    packages.dedup();
    if let Some(version) = &args.version {
        for package in &mut packages {
            if package.req.replace(version.clone()).is_some() {
                return Err(CliError::usage("a version is named by `@` or by `--version`, not by both"));
            }
        }
    }
    Ok(packages)
}
