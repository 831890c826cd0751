//! `home`: the cargo home itself.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use dhow_config::time_span;

/// `home`
#[derive(Args, Debug)]
pub(crate) struct HomeArgs {
    #[command(subcommand)]
    pub(crate) command: HomeCommand,
}

/// What to do with it.
#[derive(Subcommand, Debug)]
pub(crate) enum HomeCommand {
    /// Check that everything in the cargo home is as it was published
    Verify {
        /// Unpack again what was changed, and remove what cannot be mended
        #[arg(long)]
        repair: bool,
    },
    /// Show what is in the cargo home and when it was used
    Stat {
        /// Output format
        #[arg(long, value_name = "FMT", default_value = "text")]
        format: StatFormat,
    },
    /// Remove what has not been used for long
    Gc(Box<HomeGcArgs>),
}

/// How `stat` prints.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatFormat {
    Text,
    Json,
}

/// `home gc`
#[derive(Args, Debug)]
pub(crate) struct HomeGcArgs {
    /// Display what would be deleted without deleting anything
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Delete unpacked sources that have not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_src_age: Option<Duration>,
    /// Delete archives that have not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_crate_age: Option<Duration>,
    /// Delete registry indexes that have not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_index_age: Option<Duration>,
    /// Delete git checkouts that have not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_git_co_age: Option<Duration>,
    /// Delete git repositories that have not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_git_db_age: Option<Duration>,
    /// Delete everything of these that has not been used since the given age
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub(crate) max_download_age: Option<Duration>,
    /// Delete unpacked sources until they are within the given size
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_src_size: Option<u64>,
    /// Delete archives until they are within the given size
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_crate_size: Option<u64>,
    /// Delete git repositories and checkouts until they are within the given size
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_git_size: Option<u64>,
    /// Delete archives and unpacked sources until they are within the given size
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_download_size: Option<u64>,
}

fn age(text: &str) -> Result<Duration, String> {
    time_span(text)
        .ok_or_else(|| "expected a number of seconds, minutes, hours, days, weeks or months".to_owned())
}

/// As Cargo reads sizes: one digit behind the point at most, and a unit of powers of 1000 or of 1024.
fn size(text: &str) -> Result<u64, String> {
    let bad = || "expected a number with an optional B, kB, MB, GB, kiB, MiB or GiB".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" if !text.ends_with(' ') => return number.parse().map_err(|_| bad()),
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(bad()),
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, "0"));
    if tenths.len() != 1 || whole.is_empty() {
        return Err(bad());
    }
    let tenths: u64 = format!("{whole}{tenths}").parse().map_err(|_| bad())?;
    Ok((u128::from(tenths) * u128::from(factor) / 10).try_into().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `cargo clean gc` of Cargo 1.95 takes and refuses.
    #[test]
    fn values_are_read_as_cargo_reads_them() {
        for (text, bytes) in [
            ("0", 0),
            ("123", 123),
            ("123b", 123),
            ("123 B", 123),
            ("1kb", 1000),
            ("1 KiB", 1024),
            ("1.5kb", 1500),
            ("1.7b", 1),
            ("1gib", 1 << 30),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "x", "1x", "1 2", "1.5", "+1", "123  b", "1k", "1.55gb", "1tb", "1 ", ".5kb", "1.kb"]
        {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!(age("23 seconds"), Ok(Duration::from_secs(23)));
        assert_eq!(age("6months"), Ok(Duration::from_secs(6 * 2_629_746)));
        for text in [
            "",
            "1",
            "second",
            "+2 seconds",
            "-1 days",
            "1.5 days",
            "1 day ",
            " 1 day",
            "1  second",
            "1 year",
        ] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
