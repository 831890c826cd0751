//! What verifying a hub costs, against hashing the same bytes with `sha256sum`, one process per processor.

use std::path::PathBuf;
use std::process::Command;

use super::large;
use super::measure::Measured;
use super::side::Side;
use crate::disk;
use crate::tools::{self, Tools};

/// Every file that verifying reads, whoever else hashes it; then how many there were.
const HASH: &str = "find .cargo/registry -type f -print0 | xargs -0 -n 500 -P \"$(nproc)\" sha256sum | wc -l";

/// The project with a hub for the large lock.
fn project(side: &Side) -> PathBuf {
    side.large().with_file_name("large-hub")
}

/// Gives the side a project with a hub.
pub(super) fn set_up(tools: &Tools, side: &Side) -> Result<(), String> {
    let project = disk::fresh(&project(side))?;
    disk::copy_tree(&side.large(), &project, &["target"])?;
    let home = disk::fresh(&side.empty_home())?;
    tools::run(tools.command(&tools.dhow, &project, &home).args(["hub", "create"])).map(drop)
}

/// What is measured.
pub(super) fn command(tools: &Tools, side: &Side) -> Command {
    if side.tool.name == "dhow" {
        let mut command = side.command(tools, &project(side), &side.empty_home());
        command.args(["hub", "verify"]);
        return command;
    }
    let mut command = Command::new("sh");
    command.args(["-c", HASH]).current_dir(project(side)).env_clear();
    command.envs(tools.environment(&side.empty_home()));
    command
}

/// All files were read.
pub(super) fn proof(side: &Side, measured: &Measured) -> Result<String, String> {
    let said = if side.tool.name == "dhow" { &measured.stderr } else { &measured.stdout };
    let count = said.split_whitespace().find_map(|word| word.parse::<usize>().ok());
    // Marks of completeness are read, but not counted, by one of them.
    let least =
        disk::files(&project(side).join(".cargo/registry"))?.len().saturating_sub(2 * large::PACKAGES);
    match count {
        Some(count) if count >= least && least > large::PACKAGES => Ok(String::new()),
        _ => Err(format!("not everything was read: {said}")),
    }
}
