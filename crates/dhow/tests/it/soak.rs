//! The short form of `cargo xtask soak`.

use dhow_testkit::Soak;

use crate::support::dhow;

fn soak(dhows: usize, cargos: usize, killed_percent: u64) {
    let soak = Soak { dhow: dhow(), seed: 20_261, rounds: 2, dhows, cargos, killed_percent };
    let soaked = soak.run(&mut |_, _| {});
    eprintln!("{} commands, {} killed, {} downloads", soaked.commands, soaked.killed, soaked.downloads);
    assert!(soaked.failures.is_empty(), "{}", soaked.failures.join("\n"));
    assert!(soaked.repeated.is_empty(), "downloaded again: {:?}", soaked.repeated);
    assert!(soaked.downloads > 0);
}

#[test]
fn one_home_for_both_tools_and_kills() {
    soak(3, 3, 30);
}

#[test]
fn among_ourselves_nothing_is_downloaded_twice() {
    soak(6, 0, 0);
}
