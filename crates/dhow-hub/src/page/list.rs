//! What the page says without a script: the totals, and every package in a table for each layer.

use super::text::{address, escaped};
use crate::show::phrases::{entry_points, marks, needed_by, only_on, scope, size};
use crate::show::{HubReport, LayerReport, PackageReport};

/// One line under the title.
pub(super) fn about(report: &HubReport) -> String {
    let used = report.layers.iter().filter(|layer| !layer.packages.is_empty()).count();
    format!("{} {}", counted(used, "layer"), escaped(&scope(report)))
}

/// The figures of the whole.
pub(super) fn totals(report: &HubReport) -> String {
    let outside = || report.packages.iter().filter(|package| layer_of(report, package).is_some());
    let count = |is: fn(&PackageReport) -> bool| outside().filter(|package| is(package)).count().to_string();
    [
        ("packages", count(|_| true)),
        ("archives", size(report.archive_bytes)),
        ("sources", size(report.source_bytes)),
        ("build scripts", count(|package| package.build_script)),
        ("proc macros", count(|package| package.proc_macro)),
    ]
    .iter()
    .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>"))
    .collect()
}

/// The project and then each layer, with their packages.
pub(super) fn packages(report: &HubReport) -> String {
    let project = section(report, None, "lp", "The project", "");
    let layer = |(index, layer): (usize, &LayerReport)| {
        let (archives, sources) = (size(layer.archive_bytes), size(layer.source_bytes));
        let sums = format!(" · {archives} of archives · {sources} of sources");
        section(report, Some(index), &format!("l{}", index % 8), &layer.title, &sums)
    };
    project + &report.layers.iter().enumerate().map(layer).collect::<String>()
}

fn layer_of(report: &HubReport, package: &PackageReport) -> Option<usize> {
    report.layers.iter().position(|layer| layer.key == package.layer)
}

fn section(report: &HubReport, layer: Option<usize>, class: &str, title: &str, sums: &str) -> String {
    let members =
        report.packages.iter().enumerate().filter(|(_, package)| layer_of(report, package) == layer);
    let rows: Vec<String> = members.map(|(at, package)| row(report, at, package)).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<section class=\"layer {class}\"><h2>{}<small>{}{sums}</small></h2>\n\
         <div class=\"scroll\"><table><thead><tr><th scope=\"col\">Package</th><th scope=\"col\">What it is</th>\
         <th scope=\"col\">License</th><th scope=\"col\" class=\"number\">Archive</th>\
         <th scope=\"col\" class=\"number\">Sources</th><th scope=\"col\">Needed by</th>\
         <th scope=\"col\">Enabled features</th></tr></thead><tbody>\n{}</tbody></table></div></section>\n",
        escaped(title),
        counted(rows.len(), "package"),
        rows.concat(),
    )
}

fn row(report: &HubReport, at: usize, package: &PackageReport) -> String {
    let list = |items: &[String]| -> String {
        items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect()
    };
    format!(
        "<tr id=\"p{at}\" data-package=\"{at}\"><th scope=\"row\">{} <span class=\"version\">{}</span></th>\
         <td class=\"what\">{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td class=\"uses\"><ul>{}</ul></td><td class=\"uses\"><ul>{}</ul></td></tr>\n",
        escaped(&package.name),
        escaped(&package.version),
        what(report, package),
        escaped(package.license.as_deref().unwrap_or("not stated")),
        package.archive_bytes.map_or_else(|| "–".to_owned(), size),
        package.source_bytes.map_or_else(|| "–".to_owned(), size),
        list(&needed_by(report, package)),
        list(&package.features),
    )
}

/// Description, marks, where to begin, and where to read on.
fn what(report: &HubReport, package: &PackageReport) -> String {
    let mut paragraphs: Vec<(&str, String)> = Vec::new();
    if let Some(description) = &package.description {
        paragraphs.push(("description", escaped(description.trim())));
    }
    let notes = notes(report, package);
    if !notes.is_empty() {
        paragraphs.push(("note", notes.join(" · ")));
    }
    if !package.entry_points.is_empty() {
        let code = format!("<code>{}</code>", escaped(&entry_points(package).join(", ")));
        paragraphs.push(("note", format!("begin with {code}")));
    }
    let paragraph = |(class, text)| format!("<p class=\"{class}\" dir=\"auto\">{text}</p>");
    paragraphs.into_iter().map(paragraph).collect()
}

fn notes(report: &HubReport, package: &PackageReport) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    if !package.layer_reason.is_empty() {
        notes.push(escaped(&package.layer_reason));
    }
    notes.extend(marks(package).iter().map(|mark| escaped(mark)));
    if package.source == "git" {
        notes.push(format!("git {}", escaped(&package.source_name)));
    }
    if !package.layer.is_empty() {
        let on = only_on(report, package).join(", ");
        notes.extend((!on.is_empty()).then(|| format!("only on <code>{}</code>", escaped(&on))));
    }
    let links = [("documentation", &package.documentation), ("repository", &package.repository)];
    for (name, target) in links {
        notes.extend(target.as_deref().and_then(address).map(|address| {
            format!("<a href=\"{}\" rel=\"noopener noreferrer\">{name}</a>", escaped(address))
        }));
    }
    notes
}

/// `1 package`, `2 packages`
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
