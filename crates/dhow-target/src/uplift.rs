//! What people look for, put where they look: `target/debug/app`, and `app.d` for other build tools.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dhow_formats::dep_info;
use dhow_fs::FsError;
use dhow_plan::OutputFile;

use crate::place::UnitPlace;

/// Gives an output its name for people and returns that; an output without one stays where it is.
///
/// By hard link, as Cargo does: it costs nothing however large the file is. A program that rewrites the uplifted file in
/// place (`strip`) rewrites the unit's own file too; its record then no longer fits and the unit is made again, which is
/// what a shared store could not afford and a target directory can.
///
/// # Errors
/// If the file can neither be linked nor copied.
pub fn uplift(place: &UnitPlace, output: &OutputFile) -> Result<PathBuf, FsError> {
    let original = place.out_dir.join(&output.file_name);
    if output.uplift.is_none() {
        return Ok(original);
    }
    let uplifted = place.uplifted(output);
    let Some(stat) = dhow_fs::lstat(&original)? else { return Ok(uplifted) };
    if stat.is_dir() {
        // `.dSYM` bundles: linked as a whole.
        if dhow_fs::lstat(&uplifted)?.is_some_and(|present| present.is_dir()) {
            dhow_fs::remove_dir_all(&uplifted)?;
        }
        dhow_fs::symlink(&original, &uplifted)?;
        return Ok(uplifted);
    }
    let same = |present: dhow_fs::Stat| {
        (present.inode, present.device) == (stat.inode, stat.device) && stat.inode != 0
    };
    if !dhow_fs::lstat(&uplifted)?.is_some_and(same) {
        if let Some(dir) = uplifted.parent() {
            dhow_fs::create_dir_all(dir)?;
        }
        dhow_fs::hard_link_or_copy(&original, &uplifted)?;
    }
    Ok(uplifted)
}

/// Writes `<artifact>.d`: which files the artifact comes from. Left alone if it says so already.
///
/// # Errors
/// If it cannot be written.
pub fn write_dep_rule(artifact: &Path, files: &BTreeSet<PathBuf>) -> Result<(), FsError> {
    let path = artifact.with_extension("d");
    match dep_info::render_rule(artifact, files) {
        Some(rule) => dhow_fs::write_if_changed(&path, rule.as_bytes()).map(drop),
        // Better none than one that says less than it should.
        None => dhow_fs::remove_file(&path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_plan::{FileFlavor, Uplift};

    #[test]
    fn an_output_is_linked_once_and_again_when_it_is_new() {
        let dir = dhow_fs::TempDir::anywhere().unwrap();
        let place = UnitPlace {
            out_dir: dir.path().join("deps"),
            record_dir: dir.path().join("fp"),
            artifact_dir: dir.path().to_owned(),
        };
        dhow_fs::create_dir_all(&place.out_dir).unwrap();
        let output = OutputFile {
            file_name: "app-1".into(),
            uplift: Some(Uplift::Examples("app".into())),
            plain_name: "app".into(),
            flavor: FileFlavor::Normal,
        };
        let original = place.out_dir.join("app-1");
        let inode = |path: &Path| dhow_fs::stat(path).unwrap().unwrap().inode;
        for content in [b"one", b"two"] {
            dhow_fs::write_atomic(&original, content).unwrap();
            for _again in 0..2 {
                let uplifted = uplift(&place, &output).unwrap();
                assert_eq!(uplifted, dir.path().join("examples/app"));
                assert_eq!(
                    (inode(&uplifted), dhow_fs::read(&uplifted).unwrap()),
                    (inode(&original), content.to_vec())
                );
            }
        }
    }

    #[test]
    fn a_rule_lies_beside_its_artifact() {
        let dir = dhow_fs::TempDir::anywhere().unwrap();
        let artifact = dir.path().join("libfoo.rlib");
        write_dep_rule(&artifact, &BTreeSet::from(["/a.rs".into()])).unwrap();
        let rule = dhow_fs::read_to_string(&dir.path().join("libfoo.d")).unwrap();
        assert_eq!(rule, format!("{}: /a.rs\n", artifact.display()));
    }
}
