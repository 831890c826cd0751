//! What is in a hub and why, as text: packages in their layers, in lines that fit the terminal.

use anstyle::Style;
use dhow_ops::hub_phrases::{entry_points, marks, needed_by, only_on, scope, size};
use dhow_ops::{HubReport, LayerReport, PackageReport};

use crate::terminal::{GOOD, NOTE, WARN};

const DIMMED: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
/// Widths that text is made for, and the one where there is no terminal.
const WIDTHS: (usize, usize, usize) = (60, 120, 100);
/// Names of fields end here.
const MARGIN: usize = 14;

/// Text for standard output, for a terminal of this many columns.
pub fn hub_report(report: &HubReport, width: Option<u16>) -> String {
    let width = width.map_or(WIDTHS.2, usize::from).clamp(WIDTHS.0, WIDTHS.1);
    let mut lines = vec![format!("{BOLD}{}{BOLD:#}, {}", report.project, scope(report)), String::new()];
    totals(&mut lines, report);
    for layer in report.layers.iter().filter(|layer| !layer.packages.is_empty()) {
        lines.push(String::new());
        lines.push(format!("{GOOD}{}{GOOD:#}", layer.title));
        let shown: Vec<&PackageReport> =
            layer.packages.iter().filter_map(|position| report.packages.get(*position)).collect();
        let titles = shown.iter().map(|package| title(package).chars().count()).max().unwrap_or_default();
        for package in shown {
            lines.push(String::new());
            describe(&mut lines, report, package, (titles, width));
        }
    }
    lines.join("\n") + "\n"
}

/// A table of the layers.
fn totals(lines: &mut Vec<String>, report: &HubReport) {
    let title = |layer: &LayerReport| layer.title.chars().count();
    let margin = report.layers.iter().map(title).max().unwrap_or_default();
    let row = |cells: [String; 4]| {
        let [name, packages, archives, sources] = cells;
        format!("{name:<margin$}{packages:>10}{archives:>12}{sources:>12}")
    };
    lines.push(row(["", "packages", "archives", "sources"].map(str::to_owned)).trim_end().to_owned());
    for layer in &report.layers {
        let (count, archives, sources) =
            (layer.packages.len().to_string(), size(layer.archive_bytes), size(layer.source_bytes));
        lines.push(row([layer.title.clone(), count, archives, sources]));
    }
    let count: usize = report.layers.iter().map(|layer| layer.packages.len()).sum();
    let total = row(["all".into(), count.to_string(), size(report.archive_bytes), size(report.source_bytes)]);
    lines.push(format!("{BOLD}{total}{BOLD:#}"));
}

fn title(package: &PackageReport) -> String {
    format!("{} {}", package.name, package.version)
}

fn describe(
    lines: &mut Vec<String>,
    report: &HubReport,
    package: &PackageReport,
    (titles, width): (usize, usize),
) {
    let sizes = |bytes: Option<u64>| bytes.map(size).unwrap_or_else(|| "-".to_owned());
    let plain = title(package);
    let space = " ".repeat(titles.saturating_sub(plain.chars().count()));
    let (archive, sources) = (sizes(package.archive_bytes), sizes(package.source_bytes));
    let license = package.license.as_deref().unwrap_or("no license");
    let fits = 2 + titles + 2 * 12 + 2 + license.chars().count() <= width;
    let behind = if fits { format!("  {license}") } else { String::new() };
    lines.push(format!(
        "  {NOTE}{}{NOTE:#} {}{space}{archive:>12}{sources:>12}{behind}",
        package.name, package.version
    ));
    if let Some(description) = &package.description {
        for line in filled(description, width.saturating_sub(4)) {
            lines.push(format!("    {DIMMED}{line}{DIMMED:#}"));
        }
    }
    let license_alone = [license.to_owned()];
    let mut field = |name: &str, style: Style, values: &[String]| {
        let text = values.join(", ");
        for (position, line) in filled(&text, width.saturating_sub(4 + MARGIN)).iter().enumerate() {
            let name = if position == 0 { name } else { "" };
            lines.push(format!("    {name:<MARGIN$}{style}{line}{style:#}"));
        }
    };
    field("license", Style::new(), if fits { &[] } else { &license_alone });
    field("needed by", Style::new(), &needed_by(report, package));
    field("features", Style::new(), &package.features);
    field("only on", Style::new(), &only_on(report, package));
    field("note", WARN, &marks(package));
    field("begin with", Style::new(), &entry_points(package));
    field("placed by", DIMMED, std::slice::from_ref(&package.layer_reason));
}

/// A text in lines of at most this many columns; a word that is longer has a line of its own.
fn filled(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filled_and_not_overfilled() {
        assert_eq!(
            filled("one two three a-very-long-word x", 9),
            ["one two", "three", "a-very-long-word", "x"]
        );
        assert!(filled("", 10).is_empty());
    }

    #[test]
    fn a_license_that_is_too_long_has_its_own_line() {
        let license = "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT".to_owned();
        let package = PackageReport { license: Some(license), ..PackageReport::default() };
        let layer = LayerReport { packages: vec![0], ..LayerReport::default() };
        let report = HubReport { layers: vec![layer], packages: vec![package], ..HubReport::default() };
        let plain = |width| anstream::adapter::strip_str(&hub_report(&report, Some(width))).to_string();
        assert!(
            plain(60).contains("\n    license       Apache-2.0 WITH LLVM-exception OR\n"),
            "{}",
            plain(60)
        );
        assert!(plain(60).lines().all(|line| line.chars().count() <= 60));
        assert!(!plain(120).contains("license  "));
    }

    #[test]
    fn layers_have_their_packages_in_aligned_lines() {
        let package = |name: &str, archive_bytes| PackageReport {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            layer_reason: "says nothing of itself".to_owned(),
            archive_bytes,
            needed_on: vec!["here".to_owned()],
            ..PackageReport::default()
        };
        let layer = |title: &str, packages: Vec<usize>| LayerReport {
            title: title.to_owned(),
            packages,
            ..LayerReport::default()
        };
        let report = HubReport {
            project: "app".to_owned(),
            dev_dependencies: true,
            layers: vec![layer("Ground", vec![1, 2]), layer("Nobody is here", vec![])],
            packages: vec![package("app", None), package("a", Some(2048)), package("longer", None)],
            ..HubReport::default()
        };
        let text = hub_report(&report, Some(80));
        let plain = anstream::adapter::strip_str(&text).to_string();
        let wanted = "\
app, for all platforms, with dev-dependencies

                packages    archives     sources
Ground                 2         0 B         0 B
Nobody is here         0         0 B         0 B
all                    2         0 B         0 B

Ground

  a 1.0.0          2.0 KiB           -  no license
    placed by     says nothing of itself

  longer 1.0.0           -           -  no license
    placed by     says nothing of itself
";
        assert_eq!(plain, wanted);
    }
}
