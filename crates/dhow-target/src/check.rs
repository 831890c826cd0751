//! Fresh or dirty: one traversal over a unit's record that stops at the first thing that is not as it was.
//!
//! Content decides. An equal stat that is old enough stands for equal content; everything else is settled by hashing,
//! and a record whose stats no longer fit its contents is written anew, so that the hashing happens once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use dhow_formats::fingerprint::{
    DependencyRecord, EnvRecord, FileRecord, FingerprintRecord, Hash, InputRecord, StatRecord, Trust,
};
use dhow_fs::{FsError, Stat};

use crate::observe::{Clock, Observer, stat_record, stats_of};
use crate::place::UnitPlace;
use crate::reason::DirtyReason;

/// How things are now, for the questions that files do not answer.
pub struct Facts<'a> {
    /// The unit's static key.
    pub key: Hash,
    /// What it would be made from now.
    pub dependencies: &'a [DependencyRecord],
    /// The variables that its process would see.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Where the unit lives.
    pub place: &'a UnitPlace,
    /// When this build began.
    pub now: Clock,
}

/// What was decided.
#[derive(Debug)]
pub enum Verdict {
    /// It is what would be made.
    Fresh(Box<FingerprintRecord>),
    /// It has to be made.
    Dirty(DirtyReason),
}

/// The record of a unit's last complete run, if there is a readable one.
pub fn load_record(place: &UnitPlace) -> Option<FingerprintRecord> {
    let bytes = dhow_fs::read_optional(&place.record()).ok()??;
    FingerprintRecord::from_bytes(&bytes)
}

/// Makes a unit unmade, before anything of it is touched.
///
/// # Errors
/// If the record is there and cannot be removed.
pub fn remove_record(place: &UnitPlace) -> Result<(), FsError> {
    dhow_fs::remove_file(&place.record())
}

/// Makes a unit count as made: the last thing to do.
///
/// # Errors
/// If the record cannot be written.
pub fn save_record(place: &UnitPlace, record: &FingerprintRecord) -> Result<(), FsError> {
    dhow_fs::write_atomic(&place.record(), &record.to_bytes())
}

/// Decides about a unit whose record is `record`.
///
/// # Errors
/// If a file is there and cannot be looked at.
pub fn check(
    mut record: FingerprintRecord,
    facts: &Facts<'_>,
    observer: &Observer,
) -> Result<Verdict, FsError> {
    let mut checker = Checker { facts, observer, outdated_stats: false };
    if let Some(reason) = checker.first_difference(&mut record)? {
        return Ok(Verdict::Dirty(reason));
    }
    if checker.outdated_stats {
        // Only saves work the next time: a target directory that cannot be written is no reason to fail here.
        let _ignored = save_record(facts.place, &record);
    }
    Ok(Verdict::Fresh(Box::new(record)))
}

/// What the inputs of a unit's last run are now: see [`Observer::input`].
pub fn input_stats(record: Option<&FingerprintRecord>) -> HashMap<PathBuf, StatRecord> {
    record.map(|record| stats_of(&record.inputs)).unwrap_or_default()
}

struct Checker<'a> {
    facts: &'a Facts<'a>,
    observer: &'a Observer,
    outdated_stats: bool,
}

impl Checker<'_> {
    fn first_difference(&mut self, record: &mut FingerprintRecord) -> Result<Option<DirtyReason>, FsError> {
        if record.key != self.facts.key {
            return Ok(Some(DirtyReason::KeyChanged));
        }
        if let Some(reason) = dependencies(&record.dependencies, self.facts.dependencies) {
            return Ok(Some(reason));
        }
        for output in &mut record.outputs {
            if let Some(reason) = self.output(output)? {
                return Ok(Some(reason));
            }
        }
        for input in &mut record.inputs {
            if let Some(reason) = self.input(input)? {
                return Ok(Some(reason));
            }
        }
        Ok(record.env.iter().find_map(|variable| self.variable(variable)))
    }

    fn variable(&self, variable: &EnvRecord) -> Option<DirtyReason> {
        let is = (self.facts.env)(&variable.name);
        (is != variable.value).then(|| DirtyReason::EnvChanged {
            name: variable.name.clone(),
            was: variable.value.clone(),
            is,
        })
    }

    fn output(&mut self, output: &mut FileRecord) -> Result<Option<DirtyReason>, FsError> {
        let path = self.facts.place.out_dir.join(&output.path);
        let Some(stat) = dhow_fs::stat(&path)? else { return Ok(Some(DirtyReason::OutputMissing(path))) };
        // Not its ctime: that changes with each name that an output is given.
        let now = StatRecord { ctime: output.stat.ctime, ..stat_record(&stat) };
        if stat.is_dir() || now == output.stat {
            return Ok(None);
        }
        if now.size == output.stat.size && dhow_fs::hash_file(&path)?.0 == output.hash {
            output.stat = now;
            self.outdated_stats = true;
            return Ok(None);
        }
        Ok(Some(DirtyReason::OutputChanged(path)))
    }

    fn input(&mut self, input: &mut InputRecord) -> Result<Option<DirtyReason>, FsError> {
        match input {
            InputRecord::File(file) => match dhow_fs::stat(&file.path)? {
                None => Ok(Some(DirtyReason::InputMissing(file.path.clone()))),
                Some(stat) => self.file(file, &stat),
            },
            InputRecord::Missing(path) => {
                let exists = dhow_fs::stat(path)?.is_some();
                let path = path.clone();
                // A script that watches a file that is not there wants to be run each time; so do Cargo's users.
                Ok(Some(if exists {
                    DirtyReason::InputAppeared(path)
                } else {
                    DirtyReason::RerunFileMissing(path)
                }))
            }
            InputRecord::Tree { root, package, files } => self.tree(root, *package, files),
        }
    }

    fn tree(
        &mut self,
        root: &Path,
        package: bool,
        files: &mut [FileRecord],
    ) -> Result<Option<DirtyReason>, FsError> {
        let present = self.observer.files_below(root, package)?;
        let mut present = present.iter().peekable();
        for file in &mut *files {
            match present.next() {
                Some(path) if *path == file.path => {}
                Some(path) if *path < file.path => return Ok(Some(DirtyReason::InputAppeared(path.clone()))),
                _ => return Ok(Some(DirtyReason::InputMissing(file.path.clone()))),
            }
            let Some(stat) = dhow_fs::stat(&file.path)? else {
                return Ok(Some(DirtyReason::InputMissing(file.path.clone())));
            };
            if let Some(reason) = self.file(file, &stat)? {
                return Ok(Some(reason));
            }
        }
        Ok(present.next().map(|path| DirtyReason::InputAppeared(path.clone())))
    }

    fn file(&mut self, file: &mut FileRecord, stat: &Stat) -> Result<Option<DirtyReason>, FsError> {
        if file.trust == Trust::Nothing {
            return Ok(Some(DirtyReason::InputUnsettled(file.path.clone())));
        }
        let now = stat_record(stat);
        if file.trust == Trust::Stat && now == file.stat {
            return Ok(None);
        }
        let old = self.facts.now.is_after(stat);
        if now.size != file.stat.size || self.observer.hash(&file.path, now, old)? != file.hash {
            return Ok(Some(DirtyReason::InputChanged(file.path.clone())));
        }
        if old {
            *file = FileRecord { stat: now, trust: Trust::Stat, ..file.clone() };
            self.outdated_stats = true;
        }
        Ok(None)
    }
}

fn dependencies(was: &[DependencyRecord], is: &[DependencyRecord]) -> Option<DirtyReason> {
    if was.len() != is.len() {
        return Some(DirtyReason::DependenciesDiffer);
    }
    was.iter().zip(is).find_map(|(was, is)| {
        if was.key != is.key {
            Some(DirtyReason::DependenciesDiffer)
        } else if was.hash != is.hash {
            Some(DirtyReason::DependencyChanged { key: is.key })
        } else {
            None
        }
    })
}
