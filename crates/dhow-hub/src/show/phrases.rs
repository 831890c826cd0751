//! Parts of a report as people read them, the same in text and in markdown.

use std::collections::{BTreeMap, BTreeSet};

use super::{HubReport, NeededBy, PackageReport};

/// Who needs a package, one phrase for each: `tokio (optional, with net, os-ext)`.
pub fn needed_by(report: &HubReport, package: &PackageReport) -> Vec<String> {
    let mut by: BTreeMap<(usize, &str), Vec<&NeededBy>> = BTreeMap::new();
    for edge in &package.needed_by {
        by.entry((edge.package, edge.kind.as_str())).or_default().push(edge);
    }
    by.into_iter().filter_map(|((who, kind), edges)| phrase(report, who, kind, &edges)).collect()
}

fn phrase(report: &HubReport, who: usize, kind: &str, edges: &[&NeededBy]) -> Option<String> {
    let who = report.packages.get(who)?;
    let several = report.packages.iter().filter(|other| other.name == who.name).count() > 1;
    let name = if several { format!("{} {}", who.name, who.version) } else { who.name.clone() };
    let mut remarks = Vec::new();
    match kind {
        "build" => remarks.push("for its build".to_owned()),
        "dev" => remarks.push("for its tests".to_owned()),
        _ => {}
    }
    if edges.iter().all(|edge| edge.optional) {
        remarks.push("optional".to_owned());
    }
    if edges.iter().all(|edge| !edge.default_features) {
        remarks.push("no default features".to_owned());
    }
    let features: BTreeSet<&str> = edges.iter().flat_map(|edge| &edge.features).map(String::as_str).collect();
    if !features.is_empty() {
        remarks.push(format!("with {}", features.into_iter().collect::<Vec<_>>().join(", ")));
    }
    let conditions: BTreeSet<&str> = edges.iter().filter_map(|edge| edge.condition.as_deref()).collect();
    if edges.iter().all(|edge| edge.condition.is_some()) {
        remarks.push(format!("on {}", conditions.into_iter().collect::<Vec<_>>().join(", ")));
    }
    Some(if remarks.is_empty() { name } else { format!("{name} ({})", remarks.join("; ")) })
}

/// What is remarkable about a package: that it has a build script, say.
pub fn marks(package: &PackageReport) -> Vec<String> {
    let mut marks = Vec::new();
    if package.proc_macro {
        marks.push("procedural macro".to_owned());
    }
    if package.build_script {
        marks.push("build script".to_owned());
    }
    marks.extend(package.links.as_ref().map(|links| format!("links {links}")));
    if package.dev_only {
        marks.push("only for tests".to_owned());
    }
    marks
}

/// The conditions or platforms that a package is for; none if it is for all.
pub fn only_on(report: &HubReport, package: &PackageReport) -> Vec<String> {
    let wanted = report.platforms.len().max(1);
    match (package.conditions.is_empty(), package.needed_on.len()) {
        (false, _) => package.conditions.clone(),
        (true, 0) => vec!["no wanted platform".to_owned()],
        (true, count) if count < wanted => package.needed_on.clone(),
        _ => Vec::new(),
    }
}

/// The first entry points, and how many more there are.
pub fn entry_points(package: &PackageReport) -> Vec<String> {
    let mut points: Vec<String> = package
        .entry_points
        .iter()
        .map(|point| match point.kind.as_str() {
            "program" => format!("{} (program)", point.path),
            "derive" => format!("{} (derive)", point.path),
            "attribute" => format!("#[{}]", point.path),
            _ => point.path.clone(),
        })
        .collect();
    let more = package.entry_points_total.saturating_sub(points.len());
    if more > 0 {
        points.push(format!("and {more} more"));
    }
    points
}

/// What the hub is for.
pub fn scope(report: &HubReport) -> String {
    let platforms = match report.platforms.as_slice() {
        [] => "all platforms".to_owned(),
        platforms => platforms.join(", "),
    };
    let dev = if report.dev_dependencies { "with" } else { "without" };
    format!("for {platforms}, {dev} dev-dependencies")
}

/// `3.2 MiB`
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let exponent = (bytes.ilog2() / 10).clamp(1, 4) as usize;
    // In tenths, rounded.
    let unit = 1u128 << (10 * exponent);
    let tenths = (u128::from(bytes) * 10 + unit / 2) / unit;
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[exponent - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(package: usize, kind: &str, features: &[&str], condition: Option<&str>) -> NeededBy {
        NeededBy {
            package,
            kind: kind.to_owned(),
            optional: kind == "normal",
            default_features: kind != "build",
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
            condition: condition.map(str::to_owned),
        }
    }

    #[test]
    fn who_needs_a_package_is_told_once_for_each_kind() {
        let named = |name: &str, version: &str| PackageReport {
            name: name.to_owned(),
            version: version.to_owned(),
            ..PackageReport::default()
        };
        let wanted = PackageReport {
            needed_by: vec![
                edge(0, "normal", &["x"], Some("cfg(unix)")),
                edge(0, "normal", &["w"], Some("cfg(windows)")),
                edge(0, "build", &[], None),
                edge(1, "dev", &[], None),
                edge(2, "normal", &[], None),
            ],
            ..PackageReport::default()
        };
        let report = HubReport {
            packages: vec![named("a", "1.0.0"), named("b", "1.0.0"), named("b", "2.0.0")],
            ..HubReport::default()
        };
        let phrases = [
            "a (for its build; no default features)",
            "a (optional; with w, x; on cfg(unix), cfg(windows))",
            "b 1.0.0 (for its tests)",
            "b 2.0.0 (optional)",
        ];
        assert_eq!(needed_by(&report, &wanted), phrases);
    }

    #[test]
    fn sizes_are_for_people() {
        for (bytes, text) in
            [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 20, "3.0 MiB"), (5 << 40, "5.0 TiB")]
        {
            assert_eq!(size(bytes), text);
        }
    }
}
