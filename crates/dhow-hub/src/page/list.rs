//! What the page says without a script: the totals, and every package in a table for each layer.

use dhow_formats::hub_report::{HubReport, LayerReport, NeededBy, PackageReport};

use super::text::{address, counted, escaped, size};

/// One line under the title.
pub(super) fn about(report: &HubReport) -> String {
    let platforms = match report.platforms.as_slice() {
        [] => "all platforms".to_owned(),
        platforms => escaped(&platforms.join(", ")),
    };
    let dev = if report.dev_dependencies { "with" } else { "without" };
    let used = report.layers.iter().filter(|layer| !layer.packages.is_empty()).count();
    format!("{} · {platforms} · {dev} dev-dependencies", counted(used, "layer"))
}

/// The figures of the whole.
pub(super) fn totals(report: &HubReport) -> String {
    let outside = || report.packages.iter().filter(|package| !package.layer.is_empty());
    let count = |is: fn(&PackageReport) -> bool| outside().filter(|package| is(package)).count().to_string();
    let sum = |bytes: fn(&PackageReport) -> Option<u64>| size(outside().filter_map(bytes).sum());
    [
        ("packages", count(|_| true)),
        ("archives", sum(|package| package.archive_bytes)),
        ("sources", sum(|package| package.source_bytes)),
        ("build scripts", count(|package| package.build_script)),
        ("proc macros", count(|package| package.proc_macro)),
    ]
    .iter()
    .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>"))
    .collect()
}

/// The project and then each layer, with their packages.
pub(super) fn packages(report: &HubReport) -> String {
    let project: Vec<usize> =
        (0..report.packages.len()).filter(|&at| layer_of(report, &report.packages[at]).is_none()).collect();
    let mut html = String::new();
    if !project.is_empty() {
        html += &section(report, "lp", "The project", &counted(project.len(), "package"), &project);
    }
    for (index, layer) in report.layers.iter().enumerate() {
        let members: Vec<usize> = (0..report.packages.len())
            .filter(|&at| layer_of(report, &report.packages[at]) == Some(index))
            .collect();
        if !members.is_empty() {
            html += &section(
                report,
                &format!("l{}", index % 8),
                &layer.title,
                &sums(layer, members.len()),
                &members,
            );
        }
    }
    html
}

fn layer_of(report: &HubReport, package: &PackageReport) -> Option<usize> {
    report.layers.iter().position(|layer| layer.key == package.layer)
}

fn sums(layer: &LayerReport, count: usize) -> String {
    format!(
        "{} · {} of archives · {} of sources",
        counted(count, "package"),
        size(layer.archive_bytes),
        size(layer.source_bytes)
    )
}

fn section(report: &HubReport, class: &str, title: &str, sums: &str, members: &[usize]) -> String {
    let rows: String = members.iter().map(|&at| row(report, at)).collect();
    format!(
        "<section class=\"layer {class}\"><h2>{}<small>{sums}</small></h2>\n\
         <div class=\"scroll\"><table><thead><tr><th scope=\"col\">Package</th><th scope=\"col\">What it is</th>\
         <th scope=\"col\">Licence</th><th scope=\"col\" class=\"number\">Archive</th>\
         <th scope=\"col\" class=\"number\">Sources</th><th scope=\"col\">Needed by</th>\
         <th scope=\"col\">Enabled features</th></tr></thead><tbody>\n{rows}</tbody></table></div></section>\n",
        escaped(title)
    )
}

fn row(report: &HubReport, at: usize) -> String {
    let package = &report.packages[at];
    let needed_by: String = package.needed_by.iter().map(|needed| dependent(report, needed)).collect();
    let features: String =
        package.features.iter().map(|feature| format!("<li>{}</li>", escaped(feature))).collect();
    format!(
        "<tr id=\"p{at}\" data-package=\"{at}\"><th scope=\"row\">{} <span class=\"version\">{}</span></th>\
         <td class=\"what\">{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td class=\"uses\"><ul>{needed_by}</ul></td><td class=\"uses\"><ul>{features}</ul></td></tr>\n",
        escaped(&package.name),
        escaped(&package.version),
        what(package),
        escaped(package.license.as_deref().unwrap_or("not stated")),
        package.archive_bytes.map_or_else(|| "–".to_owned(), size),
        package.source_bytes.map_or_else(|| "–".to_owned(), size),
    )
}

/// Description, marks, and where to begin.
fn what(package: &PackageReport) -> String {
    let paragraph = |kind: &str, text: String| format!("<p class=\"{kind}\" dir=\"auto\">{text}</p>");
    let mut paragraphs: Vec<String> = Vec::new();
    if let Some(description) = &package.description {
        paragraphs.push(paragraph("description", escaped(description.trim())));
    }
    let notes = notes(package);
    if !notes.is_empty() {
        paragraphs.push(paragraph("note", notes.join(" · ")));
    }
    if !package.entry_points.is_empty() {
        let entries: Vec<_> = package.entry_points.iter().map(|entry| code(&entry.path)).collect();
        paragraphs.push(paragraph("note", format!("begin with {}", entries.join(", "))));
    }
    paragraphs.concat()
}

fn notes(package: &PackageReport) -> Vec<String> {
    let mut notes = Vec::new();
    if !package.layer_reason.is_empty() {
        notes.push(escaped(&package.layer_reason));
    }
    let flags = [
        (package.proc_macro, "proc macro"),
        (package.build_script, "build script"),
        (package.dev_only, "only for tests, examples and benchmarks"),
    ];
    notes.extend(flags.iter().filter(|(is, _)| *is).map(|(_, text)| (*text).to_owned()));
    notes.extend(package.links.iter().map(|name| format!("links {}", code(name))));
    if package.source == "git" {
        notes.push(format!("git {}", escaped(&package.source_name)));
    }
    if !package.conditions.is_empty() {
        let conditions: Vec<_> = package.conditions.iter().map(|condition| code(condition)).collect();
        notes.push(format!("only if {}", conditions.join(" or ")));
    }
    let links = [("documentation", &package.documentation), ("repository", &package.repository)];
    for (name, target) in links {
        notes.extend(target.as_deref().and_then(address).map(|address| {
            format!("<a href=\"{}\" rel=\"noopener noreferrer\">{name}</a>", escaped(address))
        }));
    }
    notes
}

/// Who needs it, with what it asks for.
fn dependent(report: &HubReport, needed: &NeededBy) -> String {
    let Some(from) = report.packages.get(needed.package) else {
        return String::new();
    };
    let mut asks: Vec<String> = Vec::new();
    if needed.kind != "normal" {
        asks.push(escaped(&needed.kind));
    }
    if needed.optional {
        asks.push("optional".to_owned());
    }
    if !needed.default_features {
        asks.push("no default features".to_owned());
    }
    asks.extend(needed.features.iter().map(|feature| escaped(feature)));
    asks.extend(needed.condition.iter().map(|condition| code(condition)));
    let asks = if asks.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"note\">({})</span>", asks.join(", "))
    };
    format!("<li><a href=\"#p{}\">{}</a>{asks}</li>", needed.package, escaped(&from.name))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}
