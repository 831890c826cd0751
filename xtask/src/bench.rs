//! `cargo xtask bench`: the table of README. Whole processes in interleaved pairs, Cargo against Dhow,
//! medians, and a proof after each run that it did the work.

mod floor;
mod hub;
mod large;
mod measure;
mod row;
mod side;
mod wide;

use std::path::PathBuf;
use std::time::SystemTime;

use self::measure::{Measured, median};
use self::row::Row;
use self::side::Side;
use crate::args::Args;
use crate::tools::{self, Tools};

pub(crate) use self::floor::{FLOOR, run as floor};
pub(crate) use self::measure::{MEASURE, stand_between};

pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [options]

  --only <row>    one row: nothing, tree, metadata, lock, fetch, unpack,
                  floor, hub-verify, build, wide-nothing, wide-tree, wide-metadata
  --rounds <n>    pairs per row, instead of what each row takes by itself
  --dhow <path>   the program to measure, instead of this repository's release build
  --dir <path>    work there, and leave it there, instead of a temporary directory in memory";

/// Prints the table; true if every row could be measured.
pub(crate) fn run(mut args: Args) -> Result<bool, String> {
    let only = args.value("--only")?;
    let rounds = args.number("--rounds")?;
    let dhow = args.value("--dhow")?;
    let scratch = args.scratch(&memory())?;
    args.done(USAGE)?;
    let rows: Vec<Row> =
        Row::ALL.into_iter().filter(|row| only.as_deref().is_none_or(|only| only == row.name())).collect();
    if rows.is_empty() {
        return Err(format!("there is no such row\n{USAGE}"));
    }

    let tools = Tools::find(dhow.as_deref())?;
    let sides = [Side::new(&tools.cargo, scratch.path())?, Side::new(&tools.dhow, scratch.path())?];
    side::prepare(&tools, &sides)?;
    if rows.iter().any(|row| row.is_wide()) {
        for side in &sides {
            wide::write(&side.wide())?;
            let mut lock = tools.command(&tools.cargo, &side.wide(), &side.home());
            tools::run(lock.arg("generate-lockfile"))?;
        }
    }
    let _large = rows.iter().any(|row| row.is_large()).then(|| large::prepare(&tools, &sides)).transpose()?;

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}, {cores} cores; medians of interleaved pairs\n", tools.rustc_version()?);
    println!("| work | cargo | dhow | cargo ÷ dhow | peak memory, cargo | dhow |");
    println!("|---|---:|---:|---:|---:|---:|");
    let mut all_measured = true;
    for row in rows {
        let rounds = rounds.unwrap_or_else(|| row.rounds());
        match measure_row(row, rounds, &tools, &sides) {
            Ok(pairs) => println!("{}", line(row, &pairs)),
            Err(message) => {
                all_measured = false;
                println!("| {} | failed ||||", row.title());
                eprintln!("{}: {message}", row.name());
            }
        }
    }
    Ok(all_measured)
}

/// A file system in memory, if there is one: what a disk still has to do from one run lands in the next.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

type Pair = [Measured; 2];

fn measure_row(row: Row, rounds: usize, tools: &Tools, sides: &[Side; 2]) -> Result<Vec<Pair>, String> {
    for side in sides {
        row.set_up(tools, side)?;
    }
    let mut proof = None;
    let mut pairs = Vec::new();
    // The first pair warms what can be warm, and is not counted.
    for round in 0..=rounds {
        let [first, second] = sides;
        let pair =
            [measure_once(row, tools, first, &mut proof)?, measure_once(row, tools, second, &mut proof)?];
        if round > 0 {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

/// One run with its proof, which has to be that of all other runs.
fn measure_once(
    row: Row,
    tools: &Tools,
    side: &Side,
    proof: &mut Option<String>,
) -> Result<Measured, String> {
    let named = |message: String| format!("{}: {message}", side.tool.name);
    row.make_ready(side).map_err(named)?;
    let report = side.example().with_file_name("report");
    let started = SystemTime::now();
    let measured = measure::measure(&row.command(tools, side), &report).map_err(named)?;
    let shown = row.proof(side, &measured, started).map_err(named)?;
    match proof {
        Some(proof) if *proof != shown => {
            Err(named(format!("the work was done differently: {}", difference(proof, &shown))))
        }
        _ => {
            *proof = Some(shown);
            Ok(measured)
        }
    }
}

/// The first place where two texts part.
fn difference(left: &str, right: &str) -> String {
    let same = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    let part = |text: &str| {
        let bytes = &text.as_bytes()[same.saturating_sub(60)..text.len().min(same + 60)];
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!("`{}` against `{}`", part(left), part(right))
}

fn line(row: Row, pairs: &[Pair]) -> String {
    let seconds = |side: usize| median(pairs.iter().map(|pair| pair[side].time.as_secs_f64()));
    let peak = |side: usize| median(pairs.iter().map(|pair| pair[side].peak_kib as f64)) / 1024.0;
    let (cargo, dhow) = (seconds(0), seconds(1));
    format!(
        "| {} | {} | {} | {:.2} | {:.0} MiB | {:.0} MiB |",
        row.title(),
        human(cargo),
        human(dhow),
        cargo / dhow,
        peak(0),
        peak(1),
    )
}

fn human(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn measured(milliseconds: u64, mebibytes: u64) -> Measured {
        Measured {
            time: Duration::from_millis(milliseconds),
            peak_kib: mebibytes * 1024,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    #[test]
    fn a_line_has_medians_and_their_ratio() {
        let pairs = [
            [measured(100, 30), measured(50, 10)],
            [measured(3000, 30), measured(1, 10)],
            [measured(200, 32), measured(40, 9)],
        ];
        assert_eq!(
            line(Row::Tree, &pairs),
            "| `tree` of the example | 200.0 ms | 40.0 ms | 5.00 | 30 MiB | 10 MiB |",
        );
        assert_eq!(human(1.234), "1.23 s");
    }

    #[test]
    fn a_difference_is_shown_where_it_begins() {
        let left = format!("{}a", "x".repeat(100));
        let right = format!("{}bc", "x".repeat(100));
        let shown = difference(&left, &right);
        assert!(shown.contains("xa`") && shown.contains("xbc`"), "{shown}");
        assert_eq!(difference("", "y"), "`` against `y`");
    }
}
