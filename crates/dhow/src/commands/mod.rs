//! One file per command: its arguments become options, its result becomes output and an exit code.

mod add;
mod bench;
mod build;
mod clean;
mod convert;
mod doc;
mod external;
mod fetch;
mod generate_lockfile;
mod help;
mod home;
mod hub;
mod info;
mod install;
mod list;
mod locate_project;
mod login;
mod logout;
mod metadata;
mod pkgid;
mod programs;
mod remove;
mod run;
mod search;
mod test;
mod tree;
mod uninstall;
mod update;
mod vendor;
mod version;

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::error::CliError;

/// An exit code.
pub(crate) type Exit = Result<u8, CliError>;

/// Runs the command.
pub(crate) fn dispatch(cli: Cli, cx: &mut Context) -> Exit {
    if cli.version {
        return version::run(cx);
    }
    if cli.list {
        return list::run(cx);
    }
    if let Some(code) = cli.explain {
        return external::explain(cx, &code);
    }
    match cli.command {
        None => help::run(cx, None),
        Some(Command::Help { command }) => help::run(cx, command.as_deref()),
        Some(Command::Add(args)) => add::run(*args, cx),
        Some(Command::Build(args)) => build::run(*args, dhow_ops::Intent::Build, cx),
        Some(Command::Check(args)) => build::check(*args, cx),
        Some(Command::Clean(args)) => clean::run(args, cx),
        Some(Command::Doc(args)) => doc::run(*args, cx),
        Some(Command::Remove(args)) => remove::run(*args, cx),
        Some(Command::Run(args)) => run::run(*args, cx),
        Some(Command::Test(args)) => test::run(*args, cx),
        Some(Command::Bench(args)) => bench::run(*args, cx),
        Some(Command::Fetch(args)) => fetch::run(args, cx),
        Some(Command::GenerateLockfile(args)) => generate_lockfile::run(args, cx),
        Some(Command::Home(args)) => home::run(args, cx),
        Some(Command::Hub(args)) => hub::run(args, cx),
        Some(Command::Install(args)) => install::run(*args, cx),
        Some(Command::Uninstall(args)) => uninstall::run(args, cx),
        Some(Command::Tree(args)) => tree::run(*args, cx),
        Some(Command::Metadata(args)) => metadata::run(args, cx),
        Some(Command::Update(args)) => update::run(args, cx),
        Some(Command::Pkgid(args)) => pkgid::run(args, cx),
        Some(Command::LocateProject(args)) => locate_project::run(args, cx),
        Some(Command::Login(args)) => login::run(args, cx),
        Some(Command::Logout(args)) => logout::run(args, cx),
        Some(Command::Info(args)) => info::run(args, cx),
        Some(Command::Search(args)) => search::run(args, cx),
        Some(Command::Vendor(args)) => vendor::run(args, cx),
        Some(Command::Version) => version::run(cx),
        Some(Command::External(words)) => external::run(cx, &words),
    }
}
