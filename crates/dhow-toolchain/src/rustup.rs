//! Where the compiler's file is: through `PATH`, and through rustup's proxy. Knows which files decide what the
//! proxy would start; never starts anything.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use dhow_fs::{Hasher, Stat};
use dhow_process::Environment;

/// The file that a program name means to a process with this environment; a path stays as it is (against `cwd`).
pub(crate) fn find_program(program: &Path, env: &Environment, cwd: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(cwd.join(program));
    }
    let path = env.get(OsStr::new("PATH"))?;
    std::env::split_paths(path)
        .map(|dir| cwd.join(dir).join(program).with_extension(std::env::consts::EXE_EXTENSION))
        .find(|file| matches!(dhow_fs::stat(file), Ok(Some(stat)) if stat.is_file() && stat.executable()))
}

/// Whether `file` is rustup's proxy: a link, hard link or copy of the `rustup` beside it.
pub(crate) fn is_proxy(file: &Path) -> bool {
    let rustup = file.with_file_name("rustup").with_extension(std::env::consts::EXE_EXTENSION);
    match (dhow_fs::stat(file), dhow_fs::stat(&rustup)) {
        (Ok(Some(a)), Ok(Some(b))) => same_content(&a, &b),
        _ => false,
    }
}

fn same_content(a: &Stat, b: &Stat) -> bool {
    (a.device, a.inode, a.inode != 0) == (b.device, b.inode, true) || (a.size > 0 && a.size == b.size)
}

/// Adds all that decides which toolchain the proxy starts in `cwd`: the variables, rustup's settings, and the
/// override files of `cwd` and above, there or not.
pub(crate) fn hash_choice(hasher: &mut Hasher, env: &Environment, cwd: &Path) {
    for name in ["RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "HOME", "USERPROFILE"] {
        let value = env.get(OsStr::new(name));
        hasher.update(name.as_bytes()).update(value.map_or(b"-", |v| v.as_encoded_bytes())).update(b"\0");
    }
    if let Some(home) = rustup_home(env) {
        hash_file_state(hasher, &home.join("settings.toml"));
        hash_file_state(hasher, &home.join("toolchains"));
    }
    if env.contains_key(OsStr::new("RUSTUP_TOOLCHAIN")) {
        return;
    }
    hasher.update(cwd.as_os_str().as_encoded_bytes()).update(b"\0");
    for dir in cwd.ancestors() {
        for name in ["rust-toolchain", "rust-toolchain.toml"] {
            hash_file_state(hasher, &dir.join(name));
        }
    }
}

/// Adds what a file is now, without reading it.
pub(crate) fn hash_file_state(hasher: &mut Hasher, path: &Path) {
    hasher.update(path.as_os_str().as_encoded_bytes()).update(b"\0");
    match dhow_fs::stat(path) {
        Ok(Some(stat)) => {
            hasher.update(&stat.size.to_le_bytes());
            hasher.update(&stat.mtime.secs.to_le_bytes());
            hasher.update(&stat.mtime.nanos.to_le_bytes());
            hasher.update(&stat.inode.to_le_bytes());
        }
        _ => {
            hasher.update(b"none");
        }
    }
}

fn rustup_home(env: &Environment) -> Option<PathBuf> {
    let var = |name: &str| env.get(OsStr::new(name)).filter(|v| !v.is_empty()).map(PathBuf::from);
    var("RUSTUP_HOME").or_else(|| Some(var("HOME").or_else(|| var("USERPROFILE"))?.join(".rustup")))
}

/// The name of rustup's toolchain whose root is `sysroot`.
pub(crate) fn toolchain_name(sysroot: &Path, env: &Environment) -> Option<String> {
    let toolchains = rustup_home(env)?.join("toolchains");
    let inside = sysroot.strip_prefix(&toolchains).ok().map(Path::to_path_buf).or_else(|| {
        let real = dhow_fs::canonicalize(&toolchains);
        Some(dhow_fs::canonicalize(sysroot).strip_prefix(real).ok()?.to_path_buf())
    })?;
    (inside.components().count() == 1).then(|| inside.to_string_lossy().into_owned())
}
