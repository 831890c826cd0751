//! One side of a comparison: a tool with its own copy of the projects and its own homes.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::disk;
use crate::tools::{self, Tool, Tools};

/// Where one tool works.
#[derive(Debug)]
pub(crate) struct Side {
    /// The tool.
    pub(crate) tool: Tool,
    /// Everything of this side.
    root: PathBuf,
}

impl Side {
    /// An empty place below `scratch`.
    pub(crate) fn new(tool: &Tool, scratch: &Path) -> Result<Self, String> {
        let root = disk::fresh(&scratch.join(tool.name))?;
        Ok(Self { tool: tool.clone(), root })
    }

    /// The copy of `examples/async_example`.
    pub(crate) fn example(&self) -> PathBuf {
        self.root.join("async_example")
    }

    /// The home that has everything which the example needs.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The project with the large lock.
    pub(crate) fn large(&self) -> PathBuf {
        self.root.join("large")
    }

    /// The workspace of many packages.
    pub(crate) fn wide(&self) -> PathBuf {
        self.root.join("wide")
    }

    /// The home that is empty whenever the large lock is fetched.
    pub(crate) fn empty_home(&self) -> PathBuf {
        self.root.join("empty-home")
    }

    /// The tool in one of the projects.
    pub(crate) fn command(&self, tools: &Tools, project: &Path, home: &Path) -> Command {
        tools.command(&self.tool, project, home)
    }

    /// The tool in the example, with a home that lacks nothing.
    pub(crate) fn in_example(&self, tools: &Tools) -> Command {
        self.command(tools, &self.example(), &self.home())
    }

    /// The tool in the workspace of many packages.
    pub(crate) fn in_wide(&self, tools: &Tools) -> Command {
        self.command(tools, &self.wide(), &self.home())
    }

    /// `text` with this side's own paths taken out, so that both sides can be compared.
    pub(crate) fn without_paths(&self, text: &str) -> String {
        text.replace(&*self.root.to_string_lossy(), "<side>")
    }
}

/// Gives both sides the example and a home with its packages, filled once, by Cargo.
pub(crate) fn prepare(tools: &Tools, sides: &[Side; 2]) -> Result<(), String> {
    let example = crate::repository_root().join("examples/async_example");
    for side in sides {
        disk::copy_package(&example, &side.example())?;
    }
    let [first, second] = sides;
    let mut fetch = tools.command(&tools.cargo, &first.example(), &first.home());
    // `tree --target all` and `metadata` read the packages of every platform.
    tools::run(fetch.args(["fetch", "--locked"]))?;
    disk::copy_tree(&first.home(), &second.home(), &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_side_are_taken_out() {
        let scratch = tempfile::tempdir().unwrap();
        let tool = Tool { name: "dhow", program: PathBuf::from("dhow") };
        let side = Side::new(&tool, scratch.path()).unwrap();
        let text = format!("x ({})", side.example().display());
        assert_eq!(side.without_paths(&text), "x (<side>/async_example)");
    }
}
