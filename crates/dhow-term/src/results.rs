//! What commands bring back: tests that failed, files that were removed.

use dhow_ops::{Cleaned, TestOutcome};

use crate::terminal::Terminal;

/// Says which test programs failed, and how to run them again.
pub fn report_tests(terminal: &Terminal, outcome: &TestOutcome) {
    match outcome.failures.as_slice() {
        [] => {}
        [only] if !outcome.no_fail_fast => {
            let cause = if only.is_unusual() {
                format!("\n\nCaused by:\n  `{}` ended with {}", only.command_line, only.status)
            } else {
                String::new()
            };
            terminal.error(format_args!("{} failed, to rerun pass `{}`{cause}", only.what, only.rerun));
        }
        several => {
            let plural = if several.len() == 1 { "" } else { "s" };
            let list: String = several.iter().map(|failure| format!("\n    `{}`", failure.rerun)).collect();
            terminal.error(format_args!("{} target{plural} failed:{list}", several.len()));
        }
    }
}

/// Says how much was removed.
pub fn report_clean(terminal: &Terminal, cleaned: &Cleaned, dry_run: bool) {
    let plural = if cleaned.files == 1 { "" } else { "s" };
    let size = if cleaned.bytes == 0 { String::new() } else { format!(", {} total", size(cleaned.bytes)) };
    let verb = if dry_run { "Summary" } else { "Removed" };
    terminal.status(verb, format_args!("{} file{plural}{size}", cleaned.files));
    if dry_run {
        terminal.warn("nothing was removed, because of `--dry-run`");
    }
}

/// `3.2MiB`
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes}B");
    }
    let exponent = (bytes.ilog2() / 10).min(4);
    #[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
    let value =
        bytes as f64 / f64::from(1u32 << (10 * exponent.min(3))) / if exponent == 4 { 1024.0 } else { 1.0 };
    format!("{value:.1}{}", UNITS[exponent as usize - 1])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(0), "0B");
        assert_eq!(size(1023), "1023B");
        assert_eq!(size(1536), "1.5KiB");
        assert_eq!(size(3 << 20), "3.0MiB");
        assert_eq!(size(5 << 40), "5.0TiB");
    }
}
