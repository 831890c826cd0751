//! `cargo xtask soak`: one home used by many programs at once, with random commands and random kills. Not part of CI:
//! it takes minutes, and every seed is another story.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use dhow_testkit::Soak;

use crate::args::Args;
use crate::tools::Tools;

const USAGE: &str = "\
usage: cargo xtask soak [options]

  --rounds <n>     how often all workers start a command (200)
  --seed <n>       what all choices come from; printed, so that a run can be repeated
  --workers <n>    how many of each tool run at a time (10)
  --kills <n>      of a hundred commands, so many are killed (20)
  --only dhow      no Cargo; then nothing may be downloaded twice
  --dhow <path>    the program to test, instead of this repository's release build";

/// Prints what went wrong; true if nothing did.
pub(crate) fn run(mut args: Args) -> Result<bool, String> {
    let rounds = args.number("--rounds")?.unwrap_or(200);
    let workers = args.number("--workers")?.unwrap_or(10);
    let kills = args.number("--kills")?.unwrap_or(20);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seed = args.number("--seed")?.map_or(now, |seed| seed as u64);
    let only = args.value("--only")?;
    let dhow = args.value("--dhow")?;
    args.done(USAGE)?;
    let cargos = match only.as_deref() {
        None => workers,
        Some("dhow") => 0,
        Some(other) => return Err(format!("only `dhow` can be alone, not `{other}`\n{USAGE}")),
    };
    let soak = Soak {
        dhow: Tools::find(dhow.as_deref())?.dhow.program,
        seed,
        rounds: u32::try_from(rounds).map_err(|e| e.to_string())?,
        dhows: workers,
        cargos,
        killed_percent: kills as u64,
    };
    println!("seed {seed}: {rounds} rounds of {workers} dhow and {cargos} cargo, {kills} % killed");
    let started = Instant::now();
    let mut told = 0;
    let soaked = soak.run(&mut |round, so_far| {
        // At once: a run may be ended before its end.
        so_far.failures[told..].iter().for_each(|failure| println!("{failure}"));
        told = so_far.failures.len();
        if (round + 1) % 10 == 0 {
            let (killed, failed) = (so_far.killed, so_far.failures.len());
            println!("round {}: {} commands, {killed} killed, {failed} failed", round + 1, so_far.commands);
        }
    });
    for failure in &soaked.failures[told..] {
        println!("{failure}");
    }
    for (path, count) in &soaked.repeated {
        println!("downloaded {count} times too often: {path}");
    }
    println!(
        "{} commands, {} killed, {} run again, {} downloads, {} failed, in {:.0?}",
        soaked.commands,
        soaked.killed,
        soaked.run_again,
        soaked.downloads,
        soaked.failures.len(),
        started.elapsed()
    );
    Ok(soaked.failures.is_empty() && soaked.repeated.is_empty())
}
