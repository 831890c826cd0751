//! Reports made by hand: one whose packages were written by people who mean harm, and one that is large.

use dhow_formats::hub_report::{EntryPoint, HubReport, LayerReport, NeededBy, PackageReport};

/// What an attacker might call himself.
pub(super) const HOSTILE: [&str; 5] = [
    "</script><script>window.pwned = 1</script>",
    "<img src=x onerror=\"window.pwned = 1\">",
    "' onmouseover='window.pwned = 1' \" onfocus=\"window.pwned = 1\" autofocus=\"",
    "<!-- <script> ]]> {{report}} ${window.pwned = 1} `",
    "\u{2028}\u{202e}</style></table>&lt;",
];

const LAYERS: [(&str, &str); 3] = [
    ("core-runtime", "Core runtime and I/O"),
    ("language-tooling", "Language tooling"),
    ("platform-only", "<b>Only</b> some"),
];

/// `app` needs `core` and `derive`; `core` needs `sys` on Windows; `derive` needs `core`, whose tests need `derive`.
pub(super) fn strangers() -> HubReport {
    let packages = vec![
        PackageReport { source: "member".to_owned(), ..package("app", "", Vec::new()) },
        PackageReport {
            layer_reason: "category \"asynchronous\"".to_owned(),
            description: Some(HOSTILE.concat()),
            license: Some(HOSTILE[1].to_owned()),
            archive_bytes: Some(700),
            source_bytes: Some(1536),
            features: vec!["net".to_owned(), "rt".to_owned(), HOSTILE[0].to_owned()],
            entry_points: vec![EntryPoint { kind: "function".to_owned(), path: "core::spawn".to_owned() }],
            documentation: Some("https://docs.example/core?a=1&b=2".to_owned()),
            repository: Some("javascript:window.pwned=1".to_owned()),
            ..package("core", "core-runtime", vec![asks(0, "normal", &["net", "rt"]), needed(3, "normal")])
        },
        PackageReport {
            build_script: true,
            links: Some("z".to_owned()),
            conditions: vec!["cfg(windows)".to_owned()],
            needed_on: vec!["x86_64-pc-windows-msvc".to_owned()],
            source_bytes: Some(4096),
            archive_bytes: Some(900),
            ..package("sys", "platform-only", vec![needed(1, "normal")])
        },
        PackageReport {
            proc_macro: true,
            source_bytes: Some(512),
            repository: Some(HOSTILE[2].to_owned()),
            ..package("derive", "language-tooling", vec![needed(0, "normal"), needed(1, "dev")])
        },
        PackageReport {
            version: HOSTILE[3].to_owned(),
            dev_only: true,
            ..package(HOSTILE[0], "language-tooling", vec![needed(0, "dev"), needed(99, "normal")])
        },
    ];
    report(HOSTILE[1], packages)
}

/// A project with so many packages, each needed by three before it; one in three is of one layer.
pub(super) fn crowd(count: usize) -> HubReport {
    let mut packages = vec![PackageReport { source: "member".to_owned(), ..package("app", "", Vec::new()) }];
    for at in 1..=count {
        let mut dependents: Vec<usize> = [at / 2, at / 3, at.saturating_sub(7)].to_vec();
        dependents.sort_unstable();
        dependents.dedup();
        packages.push(PackageReport {
            description: Some(format!("Does the {at}th thing, and does it well.")),
            archive_bytes: Some(1000 + (at as u64 * 7919) % 100_000),
            proc_macro: at % 10 == 0,
            source_bytes: Some(4000 + (at as u64 * 104_729) % 900_000),
            ..package(
                &format!("package-{at:03}"),
                LAYERS[at % LAYERS.len()].0,
                dependents.into_iter().map(|dependent| needed(dependent, "normal")).collect(),
            )
        });
    }
    report("crowd", packages)
}

fn report(project: &str, packages: Vec<PackageReport>) -> HubReport {
    let layers = LAYERS.iter().map(|(key, title)| {
        let members = |at: &usize| packages[*at].layer == *key;
        let sum = |bytes: fn(&PackageReport) -> Option<u64>| {
            packages.iter().filter(|package| package.layer == *key).filter_map(bytes).sum()
        };
        LayerReport {
            key: (*key).to_owned(),
            title: (*title).to_owned(),
            packages: (0..packages.len()).filter(members).collect(),
            archive_bytes: sum(|package| package.archive_bytes),
            source_bytes: sum(|package| package.source_bytes),
        }
    });
    let sum = |bytes: fn(&PackageReport) -> Option<u64>| packages.iter().filter_map(bytes).sum();
    HubReport {
        version: 1,
        project: project.to_owned(),
        host: "x86_64-unknown-linux-gnu".to_owned(),
        platforms: vec!["x86_64-unknown-linux-gnu".to_owned(), "x86_64-pc-windows-msvc".to_owned()],
        dev_dependencies: true,
        layers: layers.collect(),
        archive_bytes: sum(|package| package.archive_bytes),
        source_bytes: sum(|package| package.source_bytes),
        packages,
    }
}

fn package(name: &str, layer: &str, needed_by: Vec<NeededBy>) -> PackageReport {
    PackageReport {
        id: format!("registry+https://registry.example/index#{name}@1.2.3"),
        name: name.to_owned(),
        version: "1.2.3".to_owned(),
        source: "registry".to_owned(),
        source_name: "example".to_owned(),
        layer: layer.to_owned(),
        features: vec!["default".to_owned()],
        needed_on: vec!["x86_64-unknown-linux-gnu".to_owned(), "x86_64-pc-windows-msvc".to_owned()],
        needed_by,
        ..PackageReport::default()
    }
}

fn needed(package: usize, kind: &str) -> NeededBy {
    NeededBy { package, kind: kind.to_owned(), default_features: true, ..NeededBy::default() }
}

fn asks(package: usize, kind: &str, features: &[&str]) -> NeededBy {
    let features = features.iter().map(|&feature| feature.to_owned()).collect();
    NeededBy { optional: true, default_features: false, features, ..needed(package, kind) }
}
