//! One process from start to end: wall-clock time and peak memory.
//!
//! A small process of our own stands in between, has the measured one as its only child, and so reads
//! that child's memory and that of its descendants. A larger parent would count as theirs at the start.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use crate::{disk, tools};

/// The argument that makes this program the process in between.
pub(crate) const MEASURE: &str = "__measure";

/// What one run was seen to take and to say.
#[derive(Debug)]
pub(crate) struct Measured {
    /// From just before the start to the end.
    pub(crate) time: Duration,
    /// The memory of the largest process in it, in KiB.
    pub(crate) peak_kib: u64,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

/// Runs `command` through the process in between. Anything but success is an error.
pub(crate) fn measure(command: &Command, report: &Path) -> Result<Measured, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut between = Command::new(this);
    between.arg(MEASURE).arg(report).arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        between.current_dir(directory);
    }
    between.env_clear();
    between.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    disk::remove(report)?;
    let output = tools::capture(&mut between)?;
    if !output.status.success() {
        return Err(tools::failure(command, &output));
    }
    let (time, peak_kib) = parse(&disk::read(report)?).ok_or("the measurement was not written")?;
    Ok(Measured {
        time,
        peak_kib,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The process in between: `<report> <program> <arguments>…`.
pub(crate) fn stand_between(mut args: impl Iterator<Item = String>) -> ExitCode {
    let (Some(report), Some(program)) = (args.next(), args.next()) else {
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(args);
    let start = Instant::now();
    let status = command.status();
    let nanoseconds = start.elapsed().as_nanos();
    let peak_kib = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    let written = std::fs::write(report, format!("{nanoseconds} {peak_kib}"));
    match status {
        Ok(status) if status.success() && written.is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("could not be started: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(report: &str) -> Option<(Duration, u64)> {
    let (nanoseconds, peak_kib) = report.split_once(' ')?;
    Some((Duration::from_nanos(nanoseconds.parse().ok()?), peak_kib.parse().ok()?))
}

/// The middle of the values, or the mean of the two in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get((values.len().max(1) - 1) / 2), values.get(values.len() / 2));
    low.zip(high).map_or(f64::NAN, |(low, high)| (low + high) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn the_process_in_between_reports_time_and_memory() {
        let scratch = tempfile::tempdir().unwrap();
        let report = scratch.path().join("report");
        let args =
            |script: &str| [report.to_str().unwrap(), "sh", "-c", script].map(str::to_owned).into_iter();
        assert_eq!(stand_between(args("sleep 0.05")), ExitCode::SUCCESS);
        let (time, peak_kib) = parse(&disk::read(&report).unwrap()).unwrap();
        assert!(time >= Duration::from_millis(50), "{time:?}");
        assert!(peak_kib > 100, "{peak_kib}");
        assert_eq!(stand_between(args("exit 1")), ExitCode::FAILURE);
    }
}
