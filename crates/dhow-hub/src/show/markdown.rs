//! A report as markdown: for a wiki, or to be committed beside the lock file.

use std::fmt::Write as _;

use super::phrases::{entry_points, marks, needed_by, only_on, scope, size};
use super::{HubReport, LayerReport, PackageReport};

/// The whole document.
pub fn markdown(report: &HubReport) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("# The hub of {}\n", escaped(&report.project)));
    line(&format!("It holds what is needed {}.\n", escaped(&scope(report))));
    line("| layer | packages | archives | sources |");
    line("|---|---:|---:|---:|");
    for layer in &report.layers {
        line(&row(&layer.title, layer.packages.len(), layer.archive_bytes, layer.source_bytes));
    }
    let count = report.layers.iter().map(|layer| layer.packages.len()).sum();
    line(&row("all", count, report.archive_bytes, report.source_bytes));
    for layer in report.layers.iter().filter(|layer| !layer.packages.is_empty()) {
        line(&layer_text(report, layer));
    }
    text
}

fn row(title: &str, packages: usize, archives: u64, sources: u64) -> String {
    format!("| {title} | {packages} | {} | {} |", size(archives), size(sources))
}

fn layer_text(report: &HubReport, layer: &LayerReport) -> String {
    let mut text = format!("\n## {}\n", layer.title);
    for package in layer.packages.iter().filter_map(|position| report.packages.get(*position)) {
        text.push_str(&package_text(report, package));
    }
    text.truncate(text.trim_end().len());
    text
}

fn package_text(report: &HubReport, package: &PackageReport) -> String {
    let mut text = format!("\n### {} {}\n\n", escaped(&package.name), escaped(&package.version));
    if let Some(description) = &package.description {
        let _ = writeln!(text, "{}\n", escaped(description));
    }
    let mut item = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "- {name}: {value}");
        }
    };
    let code = |all: &[String]| all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    item("license", escaped(package.license.as_deref().unwrap_or("unknown")));
    let sizes = [(package.archive_bytes, "archive"), (package.source_bytes, "sources")];
    let sizes = sizes.into_iter().filter_map(|(bytes, of)| Some(format!("{of} {}", size(bytes?))));
    item("size", sizes.collect::<Vec<_>>().join(", "));
    item("needed by", escaped(&needed_by(report, package).join(", ")));
    item("features", code(&package.features));
    item("only on", code(&only_on(report, package)));
    item("note", escaped(&marks(package).join(", ")));
    item("begin with", points(package));
    item("documentation", package.documentation.as_ref().map(|url| format!("<{url}>")).unwrap_or_default());
    item("repository", package.repository.as_ref().map(|url| format!("<{url}>")).unwrap_or_default());
    item("in this layer for", escaped(&package.layer_reason));
    text
}

fn points(package: &PackageReport) -> String {
    let shown = package.entry_points.len();
    let phrases = entry_points(package);
    let text = |(position, point): (usize, &String)| {
        if position < shown { format!("`{point}`") } else { point.clone() }
    };
    phrases.iter().enumerate().map(text).collect::<Vec<_>>().join(", ")
}

/// Other people's text, without meaning to markdown.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
