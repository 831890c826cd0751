//! Asking compilers, with a memory: as long as nothing that decides an answer has changed, no process is started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_formats::toolchain_cache::ToolchainCache;
use dhow_fs::Hasher;
use dhow_model::InternedString;
use dhow_process::{Environment, Process, ProcessError};

use crate::error::ToolchainError;
use crate::info::{CRATE_TYPES, TargetInfo, Toolchain, parse_target, parse_version};
use crate::kind::CompileKind;
use crate::rustup;

/// More answers than any one project needs: a file that grew beyond is started anew.
const ANSWERS_MAX: usize = 64;

/// What decides which compiler is used and how it is asked.
#[derive(Clone, Debug)]
pub struct ProbeInputs {
    /// `RUSTC` or `build.rustc`; `rustc` if neither is set.
    pub rustc: PathBuf,
    /// `RUSTDOC` or `build.rustdoc`.
    pub rustdoc: Option<PathBuf>,
    /// `RUSTC_WRAPPER` or `build.rustc-wrapper`.
    pub wrapper: Option<PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` or `build.rustc-workspace-wrapper`.
    pub workspace_wrapper: Option<PathBuf>,
    /// The complete environment of the processes, `[env]` applied.
    pub env: Arc<Environment>,
    /// Where they run; decides rustup's overrides.
    pub cwd: PathBuf,
    /// Where answers are kept; nowhere if `None`.
    pub cache_file: Option<PathBuf>,
}

/// A compiler that can be asked.
#[derive(Debug)]
pub struct Prober {
    inputs: ProbeInputs,
    toolchain: Toolchain,
    cache: Cache,
}

#[derive(Debug)]
struct Cache {
    file: Option<PathBuf>,
    known: ToolchainCache,
    changed: bool,
}

impl Toolchain {
    /// Finds the compiler and asks it for its version, or remembers.
    ///
    /// # Errors
    /// There is none, or it does not answer as a compiler does.
    pub fn probe(inputs: ProbeInputs) -> Result<Prober, ToolchainError> {
        let mut cache = Cache::open(inputs.cache_file.clone());
        let found = rustup::find_program(&inputs.rustc, &inputs.env, &inputs.cwd);
        let proxied = match &found {
            Some(file) if rustup::is_proxy(file) => behind_proxy(file, &inputs, &mut cache)?,
            _ => None,
        };
        let (rustc, rustc_path, sysroot) = match (proxied, found) {
            (Some(sysroot), _) => {
                let real = sysroot.join("bin").join("rustc").with_extension(std::env::consts::EXE_EXTENSION);
                (real.clone(), real, Some(sysroot))
            }
            (None, Some(file)) => {
                let sysroot = file.parent().and_then(Path::parent).map(Path::to_path_buf);
                (inputs.rustc.clone(), file, sysroot)
            }
            (None, None) => (inputs.rustc.clone(), inputs.rustc.clone(), None),
        };
        let rustdoc = rustdoc_beside(&inputs, &rustc);
        let verbose_version = cache
            .ask(&inputs, &rustc, &rustc_path, &["-vV".into()])
            .map_err(|source| ToolchainError::Ask { rustc: rustc.clone(), source: Box::new(source) })?;
        let facts = parse_version(&verbose_version.0).map_err(|missing| ToolchainError::Answer {
            rustc: rustc.clone(),
            question: "`-vV`".to_owned(),
            missing,
            answer: verbose_version.0.clone(),
        })?;
        let toolchain = Self {
            rustup_toolchain: sysroot.and_then(|sysroot| rustup::toolchain_name(&sysroot, &inputs.env)),
            rustc,
            rustdoc,
            rustc_path,
            verbose_version: verbose_version.0,
            version: facts.version,
            host: facts.host,
            commit_hash: facts.commit_hash,
        };
        Ok(Prober { inputs, toolchain, cache })
    }
}

fn rustdoc_beside(inputs: &ProbeInputs, rustc: &Path) -> PathBuf {
    let rustdoc = Path::new("rustdoc").with_extension(std::env::consts::EXE_EXTENSION);
    match &inputs.rustdoc {
        Some(configured) => configured.clone(),
        None if *rustc == inputs.rustc => PathBuf::from("rustdoc"),
        None => rustc.with_file_name(rustdoc),
    }
}

/// The sysroot of the toolchain that the proxy starts here.
fn behind_proxy(
    proxy: &Path,
    inputs: &ProbeInputs,
    cache: &mut Cache,
) -> Result<Option<PathBuf>, ToolchainError> {
    let mut hasher = Hasher::new();
    hasher.update(b"proxy\0");
    rustup::hash_file_state(&mut hasher, proxy);
    rustup::hash_choice(&mut hasher, &inputs.env, &inputs.cwd);
    let key = hasher.finish().to_string();
    let compiler = |sysroot: &str| Path::new(sysroot).join("bin").join("rustc");
    let exists = |sysroot: &str| {
        let file = compiler(sysroot).with_extension(std::env::consts::EXE_EXTENSION);
        matches!(dhow_fs::stat(&file), Ok(Some(stat)) if stat.is_file())
    };
    if let Some(sysroot) = cache.known.answers.get(&key).filter(|sysroot| exists(sysroot)) {
        return Ok(Some(PathBuf::from(sysroot)));
    }
    let mut process = Process::new(proxy, &inputs.cwd, Arc::clone(&inputs.env));
    process.args(["--print", "sysroot"]);
    let output = process
        .checked_output()
        .map_err(|source| ToolchainError::Ask { rustc: proxy.to_path_buf(), source: Box::new(source) })?;
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !exists(&sysroot) {
        return Ok(None);
    }
    // Hashed again: the proxy may have installed the toolchain just now.
    let mut hasher = Hasher::new();
    hasher.update(b"proxy\0");
    rustup::hash_file_state(&mut hasher, proxy);
    rustup::hash_choice(&mut hasher, &inputs.env, &inputs.cwd);
    cache.remember(hasher.finish().to_string(), sysroot.clone());
    Ok(Some(PathBuf::from(sysroot)))
}

impl Prober {
    /// The compiler.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// What the compiler says of a platform. RUSTFLAGS may depend on the platform's cfgs and change them in turn, so
    /// `flags` is asked again with the cfgs that were found, until it gives the same answer (twice at most, as
    /// Cargo does); it is asked with no cfgs first.
    ///
    /// # Errors
    /// The compiler does not know the target, or refuses the flags.
    pub fn target_info<E: From<ToolchainError>>(
        &mut self,
        kind: CompileKind,
        mut flags: impl FnMut(&[dhow_model::Cfg]) -> Result<Vec<String>, E>,
    ) -> Result<TargetInfo, E> {
        let mut rustflags = flags(&[])?;
        for _turn in 0..2 {
            let info = self.target_info_with(kind, &rustflags)?;
            let again = flags(&info.cfgs)?;
            if again == rustflags {
                return Ok(info);
            }
            rustflags = again;
        }
        let mut info = self.target_info_with(kind, &rustflags)?;
        info.rustflags = rustflags;
        Ok(info)
    }

    /// What the compiler says of a platform when it is given exactly these flags.
    ///
    /// # Errors
    /// As [`Prober::target_info`].
    pub fn target_info_with(
        &mut self,
        kind: CompileKind,
        rustflags: &[String],
    ) -> Result<TargetInfo, ToolchainError> {
        let triple: InternedString = match kind {
            CompileKind::Host => self.toolchain.host,
            CompileKind::Target(target) => target.short_name().into(),
        };
        let question = target_question(kind, rustflags);
        let answer =
            self.cache.ask(&self.inputs, &self.toolchain.rustc, &self.toolchain.rustc_path, &question);
        let (stdout, stderr) = answer.map_err(|source| {
            let flags =
                if rustflags.is_empty() { String::new() } else { format!(": `{}`", rustflags.join(" ")) };
            ToolchainError::Target { target: triple.to_string(), flags, source: Box::new(source) }
        })?;
        parse_target(&stdout, &stderr, triple, rustflags).map_err(|missing| ToolchainError::Answer {
            rustc: self.toolchain.rustc.clone(),
            question: "`--print …`".to_owned(),
            missing,
            answer: stdout,
        })
    }

    /// Writes down what was learned. That it could not be written (a read-only directory) is no error: it will be
    /// asked again.
    pub fn save(&mut self) {
        self.cache.save();
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        self.cache.save();
    }
}

fn target_question(kind: CompileKind, rustflags: &[String]) -> Vec<OsString> {
    let mut args: Vec<OsString> =
        ["-", "--crate-name", "___", "--print=file-names"].map(OsString::from).to_vec();
    args.extend(rustflags.iter().map(OsString::from));
    if let CompileKind::Target(target) = kind {
        args.extend(["--target".into(), target.rustc_arg().as_str().into()]);
    }
    for crate_type in CRATE_TYPES {
        args.extend(["--crate-type".into(), crate_type.into()]);
    }
    let rest =
        ["--print=sysroot", "--print=split-debuginfo", "--print=crate-name", "--print=cfg", "-Wwarnings"];
    args.extend(rest.map(OsString::from));
    args
}

impl Cache {
    fn open(file: Option<PathBuf>) -> Self {
        let bytes = file.as_deref().and_then(|f| dhow_fs::read_optional(f).ok().flatten());
        Self { known: ToolchainCache::parse(bytes.as_deref().unwrap_or_default()), file, changed: false }
    }

    fn remember(&mut self, key: String, answer: String) {
        if self.known.answers.len() >= ANSWERS_MAX {
            self.known.answers = BTreeMap::new();
        }
        self.known.answers.insert(key, answer);
        self.changed = true;
    }

    /// Standard output and standard error of the compiler, started through the wrappers, or as remembered.
    fn ask(
        &mut self,
        inputs: &ProbeInputs,
        rustc: &Path,
        rustc_path: &Path,
        args: &[OsString],
    ) -> Result<(String, String), ProcessError> {
        let key = question_key(inputs, rustc_path, args);
        if let Some(answer) = self.known.answers.get(&key) {
            let (stdout, stderr) = answer.split_once('\0').unwrap_or((answer, ""));
            return Ok((stdout.to_owned(), stderr.to_owned()));
        }
        let mut programs: Vec<&Path> =
            inputs.wrapper.iter().chain(&inputs.workspace_wrapper).map(PathBuf::as_path).collect();
        programs.push(rustc);
        let mut process = Process::new(programs[0], &inputs.cwd, Arc::clone(&inputs.env));
        process.args(&programs[1..]).args(args).env_remove("RUSTC_LOG");
        let output = process.checked_output()?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        self.remember(key, format!("{stdout}\0{stderr}"));
        Ok((stdout, stderr))
    }

    fn save(&mut self) {
        let Some(file) = self.file.as_deref().filter(|_| self.changed) else { return };
        if let Some(dir) = file.parent()
            && dhow_fs::create_dir_all(dir).is_ok()
            && dhow_fs::write_atomic(file, &self.known.to_bytes()).is_ok()
        {
            self.changed = false;
        }
    }
}

/// Everything that decides an answer: the files of the compiler and its wrappers, the arguments, custom target
/// specifications, and the variables that compilers look at.
fn question_key(inputs: &ProbeInputs, rustc_path: &Path, args: &[OsString]) -> String {
    let mut hasher = Hasher::new();
    hasher.update(b"ask\0");
    rustup::hash_file_state(&mut hasher, rustc_path);
    for wrapper in inputs.wrapper.iter().chain(&inputs.workspace_wrapper) {
        let file = rustup::find_program(wrapper, &inputs.env, &inputs.cwd);
        rustup::hash_file_state(&mut hasher, file.as_deref().unwrap_or(wrapper));
    }
    if rustup::is_proxy(rustc_path) {
        rustup::hash_choice(&mut hasher, &inputs.env, &inputs.cwd);
    }
    for name in ["RUSTC_BOOTSTRAP", "RUSTFLAGS", "SYSROOT", "RUST_TARGET_PATH"] {
        let value = inputs.env.get(std::ffi::OsStr::new(name));
        hasher.update(value.map_or(b"-", |v| v.as_encoded_bytes())).update(b"\0");
    }
    for arg in args {
        hasher.update(arg.as_encoded_bytes()).update(b"\0");
        if Path::new(arg).extension().is_some_and(|e| e == "json") {
            rustup::hash_file_state(&mut hasher, Path::new(arg));
        }
    }
    hasher.finish().to_string()
}
