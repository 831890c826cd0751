//! Published programs: Dhow builds them with their own lock, and they run.

use std::process::Command;

use super::place::{Place, Source};
use super::verdict::Verdict;
use crate::{disk, tools};

/// Builds `source` and asks `binary` for its version.
pub(crate) fn check(place: &Place, source: &Source, binary: &str) -> Result<Verdict, String> {
    let copy = place.dhow.copy(source)?;
    let built = tools::run(place.command(&place.dhow, &copy).args(["build", "--locked"]));
    let verdict = built.and_then(|_| {
        let program = copy.join("target/debug").join(binary);
        tools::run(Command::new(program).arg("--version"))
    });
    let verdict = verdict.and_then(|said| {
        let known = said.contains(&source.version);
        let message = || format!("`{binary} --version` says {said:?}, not {}", source.version);
        known.then_some(()).ok_or_else(message)
    });
    // A build takes hundreds of megabytes.
    disk::remove(&copy.join("target"))?;
    Ok(verdict.map_or_else(Verdict::Fail, |()| Verdict::Pass))
}

/// Builds `source` as anyone would who has just cloned it.
pub(crate) fn build(place: &Place, source: &Source) -> Result<Verdict, String> {
    let copy = place.dhow.copy(source)?;
    let built = tools::run(place.command(&place.dhow, &copy).arg("build"));
    disk::remove(&copy.join("target"))?;
    if let Err(message) = built {
        let theirs = place.cargo.copy(source)?;
        let cargo = tools::run(place.command(&place.cargo, &theirs).arg("build"));
        disk::remove(&theirs.join("target"))?;
        return Ok(match cargo {
            Ok(_) => Verdict::Fail(message),
            Err(_) => Verdict::NotCounted("cargo does not build it either".into()),
        });
    }
    Ok(Verdict::Pass)
}
