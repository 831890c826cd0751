//! Recipes: how each unit is made, as data. Directories and dependencies' files are named, not spelled out;
//! [`crate::bind`] puts the paths in.

use std::ffi::OsString;
use std::path::PathBuf;

use dhow_model::InternedString;
use dhow_toolchain::CompileKind;

use crate::unit::UnitId;

/// What is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A compiler, rustdoc, or a wrapper around one.
    Tool(PathBuf),
    /// The executable that this unit made (a build script).
    Made(UnitId),
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// As it is.
    Text(String),
    /// A text, and a directory or file whose place is known when the recipe is bound.
    Path {
        /// What stands before the path: `dependency=`, `incremental=`, or nothing.
        prefix: String,
        /// The path.
        place: Place,
    },
    /// A path that need not be UTF-8 (sources outside the workspace).
    Os(OsString),
    /// Where `--extern` of this dependency goes (index into [`Recipe::externs`]).
    Extern(usize),
    /// Where what scripts said goes: `-L`, `-l`, `-C link-arg`, `--cfg`, `--check-cfg`, as far as they apply.
    Scripts(ScriptPart),
    /// Documentation tests: `--color`'s value, `--test-args`, as the test command has them.
    Run(RunPart),
}

/// What of the scripts' output stands at a place of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScriptPart {
    /// rustc: library paths, libraries, link arguments of everything below; cfgs of the own script.
    Compile,
    /// rustdoc: cfgs of the own script.
    Cfgs,
    /// Documentation tests: `-L` of every script run of the plan.
    AllNativeDirs,
    /// Documentation tests: cfgs and link arguments of the own script.
    CfgsAndLinkArgs,
}

/// What only the moment of running a test decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunPart {
    /// `--color <when>`
    Color,
    /// `--test-args …` for each argument.
    TestArgs,
}

/// A path of the layout.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Where the unit's own files are made: [`crate::Paths::out_dir`].
    OutDir,
    /// Where rustc looks for indirect dependencies of this platform: [`crate::Paths::deps_dir`].
    Deps(CompileKind),
    /// [`crate::Paths::incremental_dir`].
    Incremental,
    /// [`crate::Paths::script_out_dir`] of that script run.
    ScriptOut(UnitId),
    /// Where the program of that name is for people ([`crate::Paths::program`]): `CARGO_BIN_EXE_<name>`.
    Program(CompileKind, InternedString),
    /// [`crate::Paths::tmp_dir`]: `CARGO_TARGET_TMPDIR`.
    Tmp(CompileKind),
}

/// What an output file is to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileFlavor {
    /// An executable, or documentation, or a script's directory.
    Normal,
    /// `.rlib`, `.so` and the like: what others link.
    Linkable,
    /// `.rmeta`
    Rmeta,
    /// `.dwp`, `.pdb`, `.dSYM`
    DebugInfo,
    /// A file that goes with another (`.wasm` beside `.js`).
    Auxiliary,
}

/// A file that making the unit leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name in the unit's out dir, hash included.
    pub file_name: String,
    /// Where people find it; `None`: it is not uplifted.
    pub uplift: Option<Uplift>,
    /// Its name for people whether it is uplifted or not, without directory (JSON messages, `.d` files).
    pub plain_name: String,
    /// What it is.
    pub flavor: FileFlavor,
}

/// A second, plain name of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uplift {
    /// In the platform's artifact directory: `target/debug/app`.
    Artifacts(String),
    /// In its `examples`.
    Examples(String),
    /// In the unit's own out dir: `build-script-build`.
    Beside(String),
}

/// A direct dependency as rustc is told about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extern {
    /// The unit.
    pub unit: UnitId,
    /// Its name in the source.
    pub name: InternedString,
    /// Metadata is enough (the dependent does not link).
    pub rmeta: bool,
    /// `--extern noprelude:`
    pub noprelude: bool,
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// This text.
    Text(String),
    /// This path, perhaps not UTF-8.
    Os(OsString),
    /// A path of the layout.
    Path(Place),
    /// Removed from what is inherited.
    Unset,
}

/// The 256-bit key of all that is known before anything runs and decides a unit's output: see [`crate::key`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaticKey(pub [u8; 32]);

impl StaticKey {
    /// The first 16 hexadecimal digits, as they stand in file names.
    pub fn short(&self) -> String {
        use std::fmt::Write as _;
        self.0[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        })
    }
}

impl std::fmt::Display for StaticKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for StaticKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaticKey({self})")
    }
}

/// A directory of the dynamic loader's search path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryDir {
    /// [`crate::Paths::root_dir`]
    Root(CompileKind),
    /// [`crate::Paths::deps_dir`]
    Deps(CompileKind),
    /// Some other directory.
    Dir(PathBuf),
    /// All native library directories that script runs of the whole plan named inside
    /// [`crate::Paths::root_dir`] of this platform.
    Native(CompileKind),
}

/// How one unit is made.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The unit.
    pub unit: UnitId,
    /// What is executed.
    pub program: Program,
    /// Its arguments in Cargo's order, without what build scripts add.
    pub args: Vec<Arg>,
    /// Variables that are set (or removed) on top of the inherited environment, sorted by name.
    pub env: Vec<(String, EnvValue)>,
    /// What goes before the inherited search path of the dynamic loader.
    pub library_path: Vec<LibraryDir>,
    /// Where it runs.
    pub cwd: PathBuf,
    /// What it leaves behind. Nothing for documentation tests and script runs.
    pub outputs: Vec<OutputFile>,
    /// The dep-info file in the out dir that rustc writes, if it writes one.
    pub dep_info: Option<String>,
    /// Direct dependencies that rustc is told about, in Cargo's order.
    pub externs: Vec<Extern>,
    /// The script run of this unit's own package whose cfgs, variables and link flags it takes.
    pub own_script: Option<UnitId>,
    /// All script runs below this unit whose library paths it takes, its own first, in Cargo's order.
    pub link_scripts: Vec<UnitId>,
    /// All script runs below the macros (or the build script) that this unit loads: their libraries may be needed.
    pub plugin_scripts: Vec<UnitId>,
    /// For a script run: the direct dependencies' script runs whose metadata becomes `DEP_<links>_<key>`.
    pub metadata_from: Vec<(InternedString, UnitId)>,
    /// Whether `rustc-link-lib` of the own script applies: it is the library's matter if there is one.
    pub pass_l_flag: bool,
    /// The key.
    pub key: StaticKey,
    /// `-C metadata`: the identity of the crate. RUSTFLAGS are not in it (profile-guided optimisation compares two
    /// builds with different flags), nor is anything that only the key covers.
    pub metadata: String,
    /// `-C extra-filename` without its dash: what tells this unit's files from those of all other units. Not the
    /// key: a unit that is made anew replaces its files.
    pub file_hash: String,
    /// `<package>-<hash>`: the unit's own directory name under `build/` and `.fingerprint/`.
    pub dir_name: String,
}
