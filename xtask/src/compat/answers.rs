//! What both tools say about a package: its lock from nothing, its `metadata`, its `tree`.

use std::path::Path;

use serde_json::Value;

use super::place::{Place, Side, Source};
use super::verdict::Verdict;
use crate::{disk, tools};

/// Each `tree` that is compared.
const TREES: [&[&str]; 2] = [&["tree"], &["tree", "--target", "all", "--edges", "features"]];

/// What the verdicts are about.
const NAMES: [&str; 3] = ["lock", "metadata", "tree"];

/// Compares everything; a verdict for each of lock, `metadata` and `tree`.
pub(crate) fn check(place: &Place, source: &Source) -> Result<[(&'static str, Verdict); 3], String> {
    let (cargo, dhow) = (place.cargo.copy(source)?, place.dhow.copy(source)?);
    let ours = |arguments: &[&str]| tools::run(place.command(&place.dhow, &dhow).args(arguments));
    let theirs = |arguments: &[&str]| tools::run(place.command(&place.cargo, &cargo).args(arguments));

    let first = match lock(place, &place.cargo, &cargo) {
        Ok(first) => first,
        Err(message) => {
            let not_counted = Verdict::NotCounted(message);
            return Ok(NAMES.map(|name| (name, not_counted.clone())));
        }
    };
    let made = lock(place, &place.dhow, &dhow);
    let second = lock(place, &place.cargo, &cargo)?;
    let lock = match made {
        _ if first != second => Verdict::NotCounted("cargo disagrees with itself".into()),
        Ok(made) => Verdict::of(&first, &made),
        Err(message) => Verdict::Fail(message),
    };
    // The others are compared on one lock, whatever became of Dhow's own.
    disk::write(&dhow.join("Cargo.lock"), &second)?;

    let arguments = ["metadata", "--format-version", "1"];
    let wanted = json(&place.cargo, &theirs(&arguments)?)?;
    let metadata = match ours(&arguments).and_then(|text| json(&place.dhow, &text)) {
        Ok(found) if found == wanted => Verdict::Pass,
        Ok(found) => Verdict::of(&format!("{wanted:#}"), &format!("{found:#}")),
        Err(message) => Verdict::Fail(message),
    };

    let mut tree = Verdict::Pass;
    for arguments in TREES {
        let wanted = place.cargo.without_paths(&theirs(arguments)?);
        let verdict = match ours(arguments) {
            Ok(found) => Verdict::of(&wanted, &place.dhow.without_paths(&found)),
            Err(message) => Verdict::Fail(message),
        };
        if verdict != Verdict::Pass {
            tree = verdict;
        }
    }
    let [of_lock, of_metadata, of_tree] = NAMES;
    Ok([(of_lock, lock), (of_metadata, metadata), (of_tree, tree)])
}

/// The lock that a tool makes when there is none.
fn lock(place: &Place, side: &Side, copy: &Path) -> Result<String, String> {
    let file = copy.join("Cargo.lock");
    disk::remove(&file)?;
    tools::run(place.command(side, copy).arg("generate-lockfile"))?;
    disk::read(&file)
}

/// JSON without this side's own paths. The order of keys is no difference.
fn json(side: &Side, text: &str) -> Result<Value, String> {
    serde_json::from_str(&side.without_paths(text))
        .map_err(|error| format!("the metadata is no JSON: {error}"))
}
