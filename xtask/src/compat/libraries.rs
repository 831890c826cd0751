//! Published libraries: their own tests give the same counts under both tools.

use super::place::{Place, Side, Source};
use super::verdict::Verdict;
use crate::{disk, tools};

/// What one tool's `test` came to: the exit code, and a line of counts for each binary and for doctests.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    code: Option<i32>,
    lines: Vec<String>,
}

/// Runs the tests under both and compares.
pub(crate) fn check(place: &Place, source: &Source) -> Result<Verdict, String> {
    let cargo = counts(place, &place.cargo, source)?;
    if cargo.lines.iter().all(|line| line.contains(" 0 passed; 0 failed;")) {
        return Ok(Verdict::NotCounted(format!("no tests under cargo, which ended with {:?}", cargo.code)));
    }
    let dhow = counts(place, &place.dhow, source)?;
    Ok(if dhow == cargo {
        Verdict::Pass
    } else {
        Verdict::Fail(format!("cargo: {cargo:#?}\ndhow: {dhow:#?}"))
    })
}

fn counts(place: &Place, side: &Side, source: &Source) -> Result<Counts, String> {
    let copy = side.copy(source)?;
    let mut command = place.command(side, &copy);
    let output = tools::capture(command.args(["test", "--no-fail-fast"]))?;
    disk::remove(&copy.join("target"))?;
    let lines = result_lines(&String::from_utf8_lossy(&output.stdout));
    if lines.is_empty() {
        eprintln!("{}", tools::failure(&command, &output));
    }
    Ok(Counts { code: output.status.code(), lines })
}

/// The summary of each test binary, in order, without the time it took.
pub(super) fn result_lines(stdout: &str) -> Vec<String> {
    let results = stdout.lines().filter(|line| line.starts_with("test result: "));
    results.map(|line| line.split("; finished in").next().unwrap_or(line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_without_times() {
        let stdout = "\nrunning 1 test\ntest x ... ok\n\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(
            result_lines(stdout),
            ["test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"]
        );
    }
}
