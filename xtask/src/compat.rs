//! `cargo xtask compat`: real packages from crates.io through both tools. Not part of CI: it downloads,
//! takes its time, and judges what others have published.

mod answers;
mod cases;
mod hub;
mod libraries;
mod place;
mod programs;
mod verdict;

use std::collections::BTreeMap;

use self::cases::{Case, Check, Published};
use self::place::{Place, Source};
use self::verdict::Verdict;
use crate::args::Args;
use crate::tools::Tools;

const USAGE: &str = "\
usage: cargo xtask compat [options]

  --list                   print what would be done
  --only <name>            only packages of this name, or one kind: programs, libraries, answers, hub
  --try <name[@version]>   a package that is on no list: its lock, metadata, tree, and a build
  --dhow <path>            the program to compare, instead of this repository's release build
  --dir <path>             work there, and leave it there, instead of a temporary directory";

/// Prints the table; true if nothing failed.
pub(crate) fn run(mut args: Args) -> Result<bool, String> {
    let list = args.flag("--list");
    let only = args.value("--only")?;
    let newcomer = args.value("--try")?;
    let dhow = args.value("--dhow")?;
    let scratch = args.scratch(&std::env::temp_dir())?;
    args.done(USAGE)?;
    let cases = match newcomer {
        Some(spec) => vec![Case { package: Published::parse(&spec), check: Check::Newcomer }],
        None => chosen(cases::all(), only.as_deref()),
    };
    if cases.is_empty() {
        return Err(format!("nothing on the lists has this name\n{USAGE}"));
    }
    if list {
        for Case { package, check } in &cases {
            println!("{} {} ({})", package.name, package.version.as_deref().unwrap_or("*"), kind(*check));
        }
        return Ok(true);
    }

    let place = Place::new(Tools::find(dhow.as_deref())?, scratch.path())?;
    println!("| package | check | result |\n|---|---|---|");
    let mut tally: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in &cases {
        let (version, verdicts) = match check(&place, case) {
            Ok(checked) => checked,
            Err(message) => (String::new(), vec![(kind(case.check), Verdict::Fail(message))]),
        };
        for (what, verdict) in verdicts {
            println!("| {} {version} | {what} | {} |", case.package.name, verdict.word());
            if let Some(reason) = verdict.reason() {
                eprintln!("{} {version}, {what}: {reason}", case.package.name);
            }
            *tally.entry((what, verdict.word())).or_default() += 1;
        }
    }
    println!();
    for ((what, word), count) in &tally {
        println!("{what}: {count} {word}");
    }
    Ok(tally.keys().all(|(_, word)| *word != Verdict::Fail(String::new()).word()))
}

fn chosen(cases: Vec<Case>, only: Option<&str>) -> Vec<Case> {
    let wanted = |case: &Case| only.is_none_or(|only| only == case.package.name || only == kind(case.check));
    cases.into_iter().filter(wanted).collect()
}

fn kind(check: Check) -> &'static str {
    match check {
        Check::Program(_) => "programs",
        Check::Tests => "libraries",
        Check::Answers => "answers",
        Check::Hub => "hub",
        Check::Newcomer => "newcomer",
    }
}

type Verdicts = Vec<(&'static str, Verdict)>;

/// The version that was taken, and what came of it.
fn check(place: &Place, case: &Case) -> Result<(String, Verdicts), String> {
    let of_source = |judge: &dyn Fn(&Source) -> Result<Verdicts, String>| {
        let source = place.download(&case.package)?;
        Ok((source.version.clone(), judge(&source)?))
    };
    match case.check {
        Check::Program(binary) => {
            of_source(&|source| Ok(vec![("build and run", programs::check(place, source, binary)?)]))
        }
        Check::Tests => of_source(&|source| Ok(vec![("tests", libraries::check(place, source)?)])),
        Check::Answers => of_source(&|source| Ok(answers::check(place, source)?.into())),
        Check::Newcomer => of_source(&|source| {
            let mut verdicts = Verdicts::from(answers::check(place, source)?);
            verdicts.push(("build", programs::build(place, source)?));
            Ok(verdicts)
        }),
        Check::Hub => hub::check(place, &case.package),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_takes_a_name_or_a_kind() {
        assert_eq!(chosen(cases::all(), Some("programs")).len(), 10);
        assert_eq!(chosen(cases::all(), Some("ripgrep")).len(), 3);
        assert!(chosen(cases::all(), Some("answers")).len() >= 15);
        assert!(chosen(cases::all(), Some("nothing")).is_empty());
    }
}
