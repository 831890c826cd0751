//! Targets: what a package can be compiled to. Plain data; where they come from is `discover`'s business.

use std::fmt;
use std::path::PathBuf;

use dhow_model::InternedString;

use crate::edition::Edition;

/// One crate of a package: its library, a program, an example, a test, a benchmark, or its build script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Its name as users write it (dashes allowed, except in libraries).
    pub name: InternedString,
    /// Whether the name was derived from the package or a file rather than written.
    pub name_inferred: bool,
    /// The root file of the crate, absolute.
    pub src_path: PathBuf,
    /// The edition it is compiled as.
    pub edition: Edition,
    /// Features of its package without which it is skipped (or, if asked for by name, refused).
    pub required_features: Vec<InternedString>,
    /// `test`: whether `test` runs it.
    pub tested: bool,
    /// `bench`: whether `bench` runs it.
    pub benched: bool,
    /// `doc`: whether `doc` documents it.
    pub documented: bool,
    /// `doctest`: whether its documentation examples are tested, if it can have any.
    pub doctested: bool,
    /// `harness`: whether libtest provides `main` when it is compiled as a test.
    pub harness: bool,
}

/// The kinds of targets. The order is the one in which `Cargo.toml` and metadata list them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// `[lib]`
    Lib(Vec<CrateType>),
    /// `[[bin]]`
    Bin,
    /// `[[test]]`
    Test,
    /// `[[bench]]`
    Bench,
    /// `[[example]]` that is compiled as a library (`crate-type`).
    ExampleLib(Vec<CrateType>),
    /// `[[example]]`
    ExampleBin,
    /// `build.rs`
    CustomBuild,
}

/// What rustc's `--crate-type` takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrateType {
    /// `bin`
    Bin,
    /// `lib`: what the compiler thinks a library should be (an rlib).
    Lib,
    /// `rlib`
    Rlib,
    /// `dylib`
    Dylib,
    /// `cdylib`
    Cdylib,
    /// `staticlib`
    Staticlib,
    /// `proc-macro`
    ProcMacro,
    /// Something that this version does not know; passed on to rustc.
    Other(InternedString),
}

impl CrateType {
    /// The word in manifests and on rustc's command line.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Bin => "bin",
            Self::Lib => "lib",
            Self::Rlib => "rlib",
            Self::Dylib => "dylib",
            Self::Cdylib => "cdylib",
            Self::Staticlib => "staticlib",
            Self::ProcMacro => "proc-macro",
            Self::Other(name) => name.as_str(),
        }
    }

    /// Whether another Rust crate can link it.
    pub fn is_linkable(&self) -> bool {
        matches!(self, Self::Lib | Self::Rlib | Self::Dylib | Self::ProcMacro)
    }

    /// Whether it is loaded at run time.
    pub fn is_dynamic(&self) -> bool {
        matches!(self, Self::Dylib | Self::Cdylib | Self::ProcMacro)
    }

    /// Whether its compilation needs the whole rlibs of its dependencies, not only their metadata.
    pub fn requires_upstream_objects(&self) -> bool {
        !matches!(self, Self::Lib | Self::Rlib)
    }
}

impl From<&str> for CrateType {
    fn from(text: &str) -> Self {
        match text {
            "bin" => Self::Bin,
            "lib" => Self::Lib,
            "rlib" => Self::Rlib,
            "dylib" => Self::Dylib,
            "cdylib" => Self::Cdylib,
            "staticlib" => Self::Staticlib,
            "proc-macro" => Self::ProcMacro,
            other => Self::Other(other.into()),
        }
    }
}

impl fmt::Display for CrateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TargetKind {
    /// The words of `kind` in JSON: crate types for a library, else one word.
    pub fn kind_strs(&self) -> Vec<&str> {
        match self {
            Self::Lib(types) => types.iter().map(CrateType::as_str).collect(),
            Self::Bin => vec!["bin"],
            Self::Test => vec!["test"],
            Self::Bench => vec!["bench"],
            Self::ExampleLib(_) | Self::ExampleBin => vec!["example"],
            Self::CustomBuild => vec!["custom-build"],
        }
    }

    /// One word for a person: `lib`, `bin`, `example`, …
    pub fn description(&self) -> &'static str {
        match self {
            Self::Lib(_) => "lib",
            Self::Bin => "bin",
            Self::Test => "test",
            Self::Bench => "bench",
            Self::ExampleLib(_) | Self::ExampleBin => "example",
            Self::CustomBuild => "build-script",
        }
    }
}

impl Target {
    /// The name as rustc's `--crate-name`: dashes become underscores.
    pub fn crate_name(&self) -> InternedString {
        if self.name.contains('-') { self.name.replace('-', "_").into() } else { self.name }
    }

    /// What rustc is asked for.
    pub fn crate_types(&self) -> Vec<CrateType> {
        match &self.kind {
            TargetKind::Lib(types) | TargetKind::ExampleLib(types) => types.clone(),
            _ => vec![CrateType::Bin],
        }
    }

    /// The words of `crate_types` in JSON.
    pub fn crate_type_strs(&self) -> Vec<&str> {
        match &self.kind {
            TargetKind::Lib(types) | TargetKind::ExampleLib(types) => {
                types.iter().map(CrateType::as_str).collect()
            }
            _ => vec![CrateType::Bin.as_str()],
        }
    }

    /// The words of `kind` in JSON.
    pub fn kind_strs(&self) -> Vec<&str> {
        self.kind.kind_strs()
    }

    /// The library.
    pub fn is_lib(&self) -> bool {
        matches!(self.kind, TargetKind::Lib(_))
    }

    /// A dylib among others.
    pub fn is_dylib(&self) -> bool {
        matches!(&self.kind, TargetKind::Lib(types) if types.contains(&CrateType::Dylib))
    }

    /// A C dynamic library among others.
    pub fn is_cdylib(&self) -> bool {
        matches!(&self.kind, TargetKind::Lib(types) if types.contains(&CrateType::Cdylib))
    }

    /// A library that other crates can link.
    pub fn is_linkable(&self) -> bool {
        matches!(&self.kind, TargetKind::Lib(types) if types.iter().any(CrateType::is_linkable))
    }

    /// A program of the package proper.
    pub fn is_bin(&self) -> bool {
        self.kind == TargetKind::Bin
    }

    /// An example, of either kind.
    pub fn is_example(&self) -> bool {
        matches!(self.kind, TargetKind::ExampleBin | TargetKind::ExampleLib(_))
    }

    /// An example that is a program.
    pub fn is_exe_example(&self) -> bool {
        self.kind == TargetKind::ExampleBin
    }

    /// A program or an example that is one.
    pub fn is_executable(&self) -> bool {
        matches!(self.kind, TargetKind::Bin | TargetKind::ExampleBin)
    }

    /// An integration test.
    pub fn is_test(&self) -> bool {
        self.kind == TargetKind::Test
    }

    /// A benchmark.
    pub fn is_bench(&self) -> bool {
        self.kind == TargetKind::Bench
    }

    /// The build script.
    pub fn is_custom_build(&self) -> bool {
        self.kind == TargetKind::CustomBuild
    }

    /// A procedural macro.
    pub fn is_proc_macro(&self) -> bool {
        matches!(&self.kind, TargetKind::Lib(types) if types.contains(&CrateType::ProcMacro))
    }

    /// Runs in or beside the compiler, so it is compiled for the host.
    pub fn is_for_host(&self) -> bool {
        self.is_custom_build() || self.is_proc_macro()
    }

    /// Whether rustdoc can test its documentation at all.
    pub fn is_doctestable(&self) -> bool {
        match &self.kind {
            TargetKind::Lib(types) => {
                types.iter().any(|t| matches!(t, CrateType::Lib | CrateType::Rlib | CrateType::ProcMacro))
            }
            _ => false,
        }
    }

    /// `doctest` as metadata shows it.
    pub fn runs_doctests(&self) -> bool {
        self.doctested && self.is_doctestable()
    }
}
