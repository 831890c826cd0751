//! What unpacking costs at least: the archives are read and inflated, and their files written, by as many threads as
//! there are processors. No checksum, no times of files, no marker, no lock: only what nobody can leave out.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use libdeflater::Decompressor;

use crate::disk;

/// The argument that makes this program do it.
pub(crate) const FLOOR: &str = "__floor";

/// `<directory of archives> <target>`
pub(crate) fn run(mut args: impl Iterator<Item = String>) -> ExitCode {
    let (Some(archives), Some(target)) = (args.next(), args.next()) else {
        return ExitCode::from(2);
    };
    match unpack_all(Path::new(&archives), Path::new(&target)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn unpack_all(archives: &Path, target: &Path) -> Result<(), String> {
    let mut archives = disk::files(archives)?;
    archives.retain(|path| path.extension().is_some_and(|extension| extension == "crate"));
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), String> {
        while let Some(archive) = archives.get(next.fetch_add(1, Ordering::Relaxed)) {
            unpack(archive, target).map_err(disk::at(archive))?;
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
    })
}

fn unpack(archive: &Path, target: &Path) -> std::io::Result<()> {
    let packed = std::fs::read(archive)?;
    let size = packed.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size));
    let mut plain = vec![0; size as usize];
    Decompressor::new().gzip_decompress(&packed, &mut plain).map_err(std::io::Error::other)?;
    let mut made: HashSet<PathBuf> = HashSet::new();
    for entry in tar::Archive::new(&plain[..]).entries()? {
        let mut entry = entry?;
        let place = target.join(entry.path()?);
        if let Some(parent) = place.parent()
            && !made.contains(parent)
        {
            std::fs::create_dir_all(parent)?;
            made.insert(parent.to_owned());
        }
        let mut content = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        entry.read_to_end(&mut content)?;
        std::fs::write(&place, content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_testkit::Registry;

    #[test]
    fn all_files_of_all_archives_are_written() {
        let registry = Registry::new();
        for name in ["one", "two"] {
            registry.package(name, "1.0.0").file("src/deep/er.rs", name).publish();
        }
        let target = tempfile::tempdir().unwrap();
        unpack_all(registry.path(), target.path()).unwrap();
        for name in ["one", "two"] {
            let dir = target.path().join(format!("{name}-1.0.0"));
            assert_eq!(disk::read(&dir.join("src/deep/er.rs")).unwrap(), name);
            assert!(dir.join("Cargo.toml").is_file());
        }
    }
}
