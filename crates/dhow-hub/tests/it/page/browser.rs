//! The page in a browser: `probe.js` presses, types and looks, and writes down what it saw.

use std::collections::BTreeMap;

use dhow_formats::hub_report::HubReport;
use dhow_fs::{TempDir, write_atomic};
use dhow_hub::page;
use dhow_testkit::Browser;

use super::samples::{HOSTILE, crowd, strangers};

/// Before all else: what goes wrong is remembered.
const WATCH: &str = "window.failures = [];
    addEventListener('error', (event) => failures.push(event.message));
    addEventListener('securitypolicyviolation', (event) => failures.push(`blocked ${event.violatedDirective}`));";

/// What the probe saw in the page of a report; nothing where there is no browser.
fn seen(report: &HubReport, fragment: &str) -> Option<BTreeMap<String, String>> {
    let browser = Browser::find()?;
    let html = page(report).unwrap();
    let nonce = html.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let script = |text: &str| format!("<script nonce=\"{nonce}\">{text}</script>");
    let html = html.replacen("</head>", &format!("{}</head>", script(WATCH)), 1);
    let html = html.replacen("</body>", &format!("{}</body>", script(include_str!("probe.js"))), 1);
    let dir = TempDir::anywhere().unwrap();
    let file = dir.path().join("page.html");
    write_atomic(&file, html.as_bytes()).unwrap();
    let dom = browser.open(&file, fragment).stdout;
    let notes = dom.split("<pre id=\"probe\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let notes = notes.unwrap_or_else(|| panic!("the probe has written nothing: {dom}"));
    Some(
        notes
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    )
}

#[track_caller]
fn expect(seen: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(seen.get(*name).map(String::as_str), Some(*value), "{name} in {seen:#?}");
    }
}

#[test]
fn strangers_do_no_harm_and_everything_works() {
    let Some(seen) = seen(&strangers(), "package=core&view=graph") else {
        return;
    };
    let length = HOSTILE.concat().trim().chars().count().to_string();
    expect(
        &seen,
        &[
            ("failures", ""),
            ("pwned", "undefined"),
            ("foreign", "0"),
            ("links", "1"),
            ("title", "core"),
            ("description", &length),
            ("nodes", "5"),
            // app → core, derive, the stranger; core → sys, derive; derive → core.
            ("edges", "6"),
            ("from left to right", "app derive core sys"),
            ("lanes", "4"),
            ("cells", "3"),
            ("cells of archives", "2"),
            ("focus stays", "1"),
            ("hits", "core"),
            ("hits of a feature", "core"),
            ("chosen", "derive"),
            ("address", "derive"),
            ("walked left", "app"),
            ("macros", "1 of 4"),
            ("paled", "4"),
            ("on linux", "3 of 4"),
            ("rows of a layer", "sys"),
            ("around sys", "sys core"),
            ("all again", "5"),
        ],
    );
}

#[test]
fn three_hundred_packages_are_drawn_at_once() {
    let Some(seen) = seen(&crowd(300), "package-150") else {
        return;
    };
    expect(
        &seen,
        &[
            ("failures", ""),
            ("title", "package-150"),
            ("nodes", "301"),
            ("cells", "300"),
            ("overlaps", "0"),
            ("all again", "301"),
        ],
    );
    let edges: usize = seen["edges"].parse().unwrap();
    assert_eq!(edges, crowd(300).packages.iter().map(|package| package.needed_by.len()).sum::<usize>());
    let millis: u64 = seen["milliseconds"].parse().unwrap();
    assert!(millis < 15_000, "{millis} ms to draw it");
}
