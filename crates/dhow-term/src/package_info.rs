//! What a package says about itself, as text.

use std::fmt::Display;

use anstyle::Style;
use dhow_ops::{DependencyLine, FeatureLine, FeatureStatus, PackageInfo};

use crate::terminal::{BAD, GOOD, NOTE, WARN};

/// So many features are listed without `-v`.
const SHOWN_FEATURES: usize = 30;

const DIMMED: Style = Style::new().dimmed();
const ITALIC: Style = Style::new().italic();

/// Text for standard output. With `all`, every feature is listed, and the dependencies.
pub fn package_info(info: &PackageInfo, all: bool) -> String {
    let mut lines = vec![title(info)];
    lines.extend(info.description.clone());
    lines.push(version(info));
    let unknown = |style: Style| format!("{style}unknown{style:#}");
    let license = info.license.clone().unwrap_or_else(|| unknown(BAD));
    lines.push(field("license", license));
    lines.push(field("rust-version", info.rust_version.clone().unwrap_or_else(|| unknown(WARN))));
    for (name, value) in [
        ("documentation", &info.documentation),
        ("homepage", &info.homepage),
        ("repository", &info.repository),
        ("crates.io", &info.crates_io),
    ] {
        lines.extend(value.as_ref().map(|value| field(name, value)));
    }
    features(&mut lines, &info.features, all);
    if all {
        dependencies(&mut lines, "dependencies", &info.dependencies);
        dependencies(&mut lines, "build-dependencies", &info.build_dependencies);
    }
    lines.join("\n") + "\n"
}

fn field(name: &str, value: impl Display) -> String {
    format!("{GOOD}{name}:{GOOD:#} {value}")
}

fn title(info: &PackageInfo) -> String {
    let name = &info.name;
    if info.keywords.is_empty() {
        return format!("{GOOD}{name}{GOOD:#}");
    }
    format!("{GOOD}{name}{GOOD:#} {NOTE}#{}{NOTE:#}", info.keywords.join(" #"))
}

fn version(info: &PackageInfo) -> String {
    let behind = match (&info.latest, &info.from) {
        (Some(latest), Some(from)) => {
            format!(" {WARN}(latest {latest} {WARN:#}{NOTE}from {from}{NOTE:#}{WARN}){WARN:#}")
        }
        (Some(latest), None) => format!(" {WARN}(latest {latest}){WARN:#}"),
        (None, Some(from)) => format!(" {NOTE}(from {from}){NOTE:#}"),
        (None, None) => String::new(),
    };
    field("version", format_args!("{}{behind}", info.version))
}

fn features(lines: &mut Vec<String>, features: &[FeatureLine], all: bool) {
    let margin = features.iter().map(|feature| feature.name.len()).max().unwrap_or_default();
    if margin == 0 {
        return;
    }
    lines.push(format!("{GOOD}features:{GOOD:#}"));
    let is_on = |feature: &&FeatureLine| feature.status != FeatureStatus::Disabled;
    let on = features.iter().filter(is_on).count();
    let off = features.len() - on;
    let show_on = all || on <= SHOWN_FEATURES;
    let show_off = all || features.len() <= SHOWN_FEATURES;
    for feature in features.iter().filter(|feature| if is_on(feature) { show_on } else { show_off }) {
        let (mark, style) = look(feature.status);
        let values: Vec<String> =
            feature.values.iter().map(|value| format!("{style}{value}{style:#}")).collect();
        let name = &feature.name;
        lines.push(format!("{mark}{style}{name: <margin$}{style:#} = [{}]", values.join(", ")));
    }
    if !show_on {
        lines.push(format!("  {ITALIC}{on} activated features{ITALIC:#}"));
    }
    if !show_off {
        lines.push(format!("  {ITALIC}{off} deactivated features{ITALIC:#}"));
    }
}

fn dependencies(lines: &mut Vec<String>, title: &str, dependencies: &[DependencyLine]) {
    if dependencies.is_empty() {
        return;
    }
    lines.push(format!("{GOOD}{title}:{GOOD:#}"));
    for dependency in dependencies {
        let (mark, style) = look(dependency.status);
        lines.push(format!("{mark}{style}{}{style:#}", dependency.text));
    }
}

fn look(status: FeatureStatus) -> (String, Style) {
    match status {
        FeatureStatus::Given => (format!(" {GOOD}+{GOOD:#}"), Style::new()),
        FeatureStatus::Enabled => ("  ".to_owned(), Style::new()),
        FeatureStatus::Disabled => ("  ".to_owned(), DIMMED),
    }
}
