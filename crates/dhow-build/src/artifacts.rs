//! What a unit leaves: hashed for its dependents, and put where people look for it.

use dhow_formats::fingerprint::FileRecord;
use dhow_fs::Hasher;
use dhow_plan::{FileFlavor, UnitId};
use dhow_target::{Hash, uplift};

use crate::context::{Context, describe};
use crate::error::UnitError;
use crate::event::Artifact;

/// The outputs of a unit that was just made.
pub(crate) struct Outputs {
    pub(crate) records: Vec<FileRecord>,
    pub(crate) interface: Hash,
    pub(crate) link: Hash,
}

/// Looks at what a compiler left.
pub(crate) fn observe(context: &Context<'_>, id: UnitId) -> Result<Outputs, UnitError> {
    let place = context.place(id);
    let mut records = Vec::new();
    let (mut interface, mut link, mut all) = (None, Hasher::new(), Hasher::new());
    let mut has_link = false;
    for output in &context.plan.recipe(id).outputs {
        let record = match context.observer.output(&place.out_dir, &output.file_name) {
            Ok(record) => record,
            // Not every linker leaves these.
            Err(error) if error.is_not_found() && may_be_missing(output.flavor) => continue,
            Err(error) if error.is_not_found() => {
                return Err(UnitError::OutputMissing { what: describe(context.unit(id)), path: error.path });
            }
            Err(error) => return Err(error.into()),
        };
        all.update(&record.hash);
        match output.flavor {
            FileFlavor::Rmeta => interface = Some(record.hash),
            FileFlavor::Normal | FileFlavor::Linkable => {
                has_link = true;
                link.update(&record.hash);
            }
            FileFlavor::DebugInfo | FileFlavor::Auxiliary => {}
        }
        records.push(record);
    }
    let interface = interface.unwrap_or_else(|| all.finish().0);
    Ok(Outputs { records, interface, link: if has_link { link.finish().0 } else { interface } })
}

fn may_be_missing(flavor: FileFlavor) -> bool {
    matches!(flavor, FileFlavor::DebugInfo | FileFlavor::Auxiliary)
}

/// Puts a unit's outputs where people look for them.
pub(crate) fn uplift_all(context: &Context<'_>, id: UnitId, fresh: bool) -> Result<Artifact, UnitError> {
    let (place, unit) = (context.place(id), context.unit(id));
    let runs = unit.mode.generates_executable() && (unit.mode.is_any_test() || unit.target.is_executable());
    let mut artifact = Artifact { unit: id, files: Vec::new(), executable: None, fresh };
    for output in &context.plan.recipe(id).outputs {
        let original = place.out_dir.join(&output.file_name);
        if may_be_missing(output.flavor) && dhow_fs::lstat(&original)?.is_none() {
            continue;
        }
        let file = uplift(&place, output)?;
        if runs && output.flavor == FileFlavor::Normal && artifact.executable.is_none() {
            artifact.executable = Some(file.clone());
        }
        artifact.files.push(file);
    }
    Ok(artifact)
}
