//! Whole commands of the `dhow` binary, in sandboxes on a fixture registry, beside the real cargo.
//!
//! `DHOW_TEST_PROGRAM` puts another program into Dhow's place: with the real cargo there every test must pass but for
//! those whose comment says that they are stricter. That shows whether a test is right.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests look at the files of their sandboxes, and say what they had to skip"
)]

mod bad_input;
mod beside_cargo;
mod build_scripts;
mod commands;
mod crowd;
mod edit;
mod end_to_end;
mod file_systems;
mod fresh;
mod git;
mod home;
mod hub;
mod install;
mod killed;
mod lockfile;
mod registries;
mod registry_commands;
mod resolver;
mod soak;
mod support;
mod update;
mod vendor;
