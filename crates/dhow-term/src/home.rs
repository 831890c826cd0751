//! What is in the cargo home, and what is wrong with it.

use dhow_ops::{HomeStat, HomeVerified};

use crate::results::size;
use crate::terminal::Terminal;

/// Says what was found and whether it was mended. Gives back whether all is well.
///
/// # Errors
/// Nobody reads standard output any more.
pub fn report_verified(terminal: &Terminal, verified: &HomeVerified) -> std::io::Result<bool> {
    report(
        terminal,
        verified,
        "the cargo home\n\nhelp: `dhow home verify --repair` mends what can be mended; what it has to remove is fetched \
         again when it is needed",
    )
}

/// The same of a hub.
///
/// # Errors
/// Nobody reads standard output any more.
pub fn report_hub_verified(terminal: &Terminal, verified: &HomeVerified) -> std::io::Result<bool> {
    report(
        terminal,
        verified,
        "the hub\n\nhelp: `dhow hub verify --repair` makes it what `Cargo.lock` says: from the archives that are good, from \
         the cargo home, or from the network",
    )
}

fn report(terminal: &Terminal, verified: &HomeVerified, place: &str) -> std::io::Result<bool> {
    for finding in &verified.findings {
        terminal.print(format_args!("{}: {}\n", finding.path.display(), finding.what))?;
    }
    if verified.unknown > 0 {
        terminal.verbose_status(
            "Unverified",
            format_args!("{} without an archive to hold them against", plural(verified.unknown, "package")),
        );
    }
    let files = plural(verified.files, "file");
    let problems = plural(verified.findings.len() as u64, "problem");
    match (verified.findings.is_empty(), verified.repaired) {
        (true, _) => terminal.status("Verified", files),
        (false, true) => terminal.status("Repaired", format_args!("{problems} in {files}")),
        (false, false) => terminal.error(format_args!("{problems} found in {files} of {place}")),
    }
    Ok(verified.findings.is_empty() || verified.repaired)
}

/// A table of what is in the home. `now` is in seconds since 1970.
///
/// # Errors
/// Nobody reads standard output any more.
pub fn report_stat(terminal: &Terminal, stat: &HomeStat, now: u64) -> std::io::Result<()> {
    let mut text = format!("{}\n", stat.root);
    let row = |cells: [&str; 5]| {
        let [kind, count, bytes, oldest, newest] = cells;
        let line = format!("{kind:<14}{count:>8}{bytes:>11}{oldest:>15}{newest:>15}");
        format!("{}\n", line.trim_end())
    };
    text.push_str(&row(["", "count", "size", "oldest use", "newest use"]));
    let ago = |time: Option<u64>| time.map_or_else(|| "-".to_owned(), |time| age(now.saturating_sub(time)));
    let mut total = 0;
    for kind in &stat.kinds {
        total += kind.bytes;
        let (count, bytes) = (kind.count.to_string(), size(kind.bytes));
        text.push_str(&row([&kind.kind, &count, &bytes, &ago(kind.oldest_use), &ago(kind.newest_use)]));
    }
    text.push_str(&row(["total", "", &size(total), "", ""]));
    terminal.print(text)
}

fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `3 days ago`
fn age(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second")];
    match UNITS.into_iter().find(|(length, _)| seconds >= *length) {
        Some((length, unit)) => format!("{} ago", plural(seconds / length, unit)),
        None => "now".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn ages_are_for_people() {
        assert_eq!(age(0), "now");
        assert_eq!(age(61), "1 minute ago");
        assert_eq!(age(200_000), "2 days ago");
    }
}
