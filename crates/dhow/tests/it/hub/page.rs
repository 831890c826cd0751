//! `hub show --html`: where the page goes. What it is like is tested where it is made, in a browser.

use super::{hidden, project};
use crate::support::ok;

#[test]
fn the_page_goes_to_a_file_or_to_standard_output() {
    let f = project();
    ok(&f.project, "hub create");
    f.project.file("docs/hub.html", "an older page");
    let words = "hub show --html hub.html --manifest-path ../Cargo.toml";
    let shown = hidden(&f.project, words).cwd(f.project.path("docs")).run().assert_success();
    assert!(shown.stdout.is_empty() && shown.stderr.ends_with("Wrote hub.html\n"), "{shown}");
    let page = f.project.read("docs/hub.html");
    for (at, name) in ["app", "leaf", "tests", "top", "win"].iter().enumerate() {
        assert!(
            page.contains(&format!("<tr id=\"p{at}\" data-package=\"{at}\"><th scope=\"row\">{name} ")),
            "{name}"
        );
    }
    assert_eq!(hidden(&f.project, "hub show --html -").run().assert_success().stdout, page);
}

#[test]
fn a_page_that_cannot_be_written_leaves_nothing() {
    let f = project();
    ok(&f.project, "hub create");
    hidden(&f.project, "hub show --html none/hub.html").run().assert_code(101).assert_stderr_has("none");
    assert!(!f.project.exists("none"));
    f.project.file("hub.html/inside", "a directory is in the way");
    hidden(&f.project, "hub show --html hub.html").run().assert_code(101);
    assert_eq!(f.project.read("hub.html/inside"), "a directory is in the way");
    hidden(&f.project, "hub show --html hub.html --format json").run().assert_failure();
}
