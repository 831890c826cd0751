//! Where packages and homes lie while they are compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cases::Published;
use crate::disk;
use crate::tools::{self, Tool, Tools};

/// The directory of one run, with both tools.
#[derive(Debug)]
pub(crate) struct Place {
    tools: Tools,
    root: PathBuf,
    /// Cargo with its home and copies.
    pub(crate) cargo: Side,
    /// Dhow with its home and copies.
    pub(crate) dhow: Side,
}

/// A tool with a home and copies of its own.
#[derive(Debug)]
pub(crate) struct Side {
    tool: Tool,
    root: PathBuf,
}

/// The source of one package, as it was published.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its version.
    pub(crate) version: String,
    name: String,
    directory: PathBuf,
}

impl Source {
    /// Where it is, unpacked.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Place {
    /// An empty place in `root` for both tools.
    pub(crate) fn new(tools: Tools, root: &Path) -> Result<Self, String> {
        let side = |tool: &Tool| {
            let root = disk::fresh(&root.join(tool.name))?;
            Ok::<_, String>(Side { tool: tool.clone(), root })
        };
        let (cargo, dhow) = (side(&tools.cargo)?, side(&tools.dhow)?);
        Ok(Self { tools, root: root.to_path_buf(), cargo, dhow })
    }

    /// Lets Cargo download `package`, into a home that serves for nothing else.
    pub(crate) fn download(&self, package: &Published) -> Result<Source, String> {
        let home = self.root.join("published");
        let nowhere = disk::fresh(&self.root.join("nowhere"))?;
        let mut command = self.tools.command(&self.tools.cargo, &nowhere, &home);
        let spec = match &package.version {
            Some(version) => format!("{}@{version}", package.name),
            None => package.name.clone(),
        };
        let about = tools::run(command.args(["info", "--quiet", &spec]))?;
        let version = about.lines().find_map(|line| line.strip_prefix("version: "));
        let version = version.and_then(|rest| rest.split_whitespace().next());
        let version = version.ok_or_else(|| format!("cargo told no version of {spec}"))?.to_owned();
        let folder = format!("{}-{version}", package.name);
        let sources = home.join("registry/src");
        let registries = std::fs::read_dir(&sources).map_err(disk::at(&sources))?;
        let directory = registries
            .filter_map(|registry| Some(registry.ok()?.path().join(&folder)))
            .find(|path| path.is_dir())
            .ok_or_else(|| format!("cargo did not unpack {folder}"))?;
        Ok(Source { version, name: package.name.clone(), directory })
    }

    /// Where a project is that nobody knows.
    pub(crate) fn elsewhere(&self) -> PathBuf {
        self.root.join("elsewhere")
    }

    /// The directory of the toolchain.
    pub(crate) fn toolchain(&self) -> &Path {
        self.tools.toolchain()
    }

    /// A tool in one of its copies.
    pub(crate) fn command(&self, side: &Side, directory: &Path) -> Command {
        self.tools.command(&side.tool, directory, &side.root.join("home"))
    }
}

impl Side {
    /// A fresh copy of `source` for this side.
    pub(crate) fn copy(&self, source: &Source) -> Result<PathBuf, String> {
        let copy = disk::fresh(&self.root.join(format!("{}-{}", source.name, source.version)))?;
        disk::copy_package(&source.directory, &copy)?;
        Ok(copy)
    }

    /// An empty directory for a project of this name.
    pub(crate) fn dir(&self, name: &str) -> Result<PathBuf, String> {
        disk::fresh(&self.root.join(name))
    }

    /// The program.
    pub(crate) fn tool(&self) -> &Tool {
        &self.tool
    }

    /// `text` with this side's own paths taken out.
    pub(crate) fn without_paths(&self, text: &str) -> String {
        text.replace(&*self.root.to_string_lossy(), "<side>")
    }
}
