//! The page, as bytes and in a real browser.

mod browser;
mod samples;

use dhow_hub::page;

use self::samples::{HOSTILE, crowd, strangers};

#[test]
fn the_same_report_is_the_same_page() {
    assert_eq!(page(&crowd(40)).unwrap(), page(&crowd(40)).unwrap());
    assert_ne!(page(&crowd(40)).unwrap(), page(&crowd(41)).unwrap());
}

#[test]
fn nothing_of_a_strangers_text_is_markup() {
    let html = page(&strangers()).unwrap();
    for text in HOSTILE {
        assert!(!html.contains(text), "{text} stands there as it is");
    }
    // The style, the report and the script; every other `<` of them is text.
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script").count(), 2);
    assert_eq!(html.matches("<img").count(), 0);
    assert!(!html.contains("href=\"javascript:") && !html.contains("href=\"data:"));
}

#[test]
fn the_page_asks_for_nothing_else() {
    let html = page(&crowd(3)).unwrap();
    for word in [" src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "import("] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn without_a_script_everything_is_in_the_tables() {
    let report = strangers();
    let html = page(&report).unwrap();
    let (tables, _) = html.split_once("<script").expect("a script at the end");
    for (at, package) in report.packages.iter().enumerate() {
        assert!(tables.contains(&format!("id=\"p{at}\"")), "{}", package.name);
    }
    for text in [
        "<th scope=\"row\">core <span class=\"version\">1.2.3</span></th>",
        "category &quot;asynchronous&quot;",
        "<li>app (optional; no default features; with net, rt)</li>",
        "<code>core::spawn</code>",
        "1.5 KiB",
        "links z",
        "only on <code>cfg(windows)</code>",
        "build script",
        "<a href=\"https://docs.example/core?a=1&amp;b=2\" rel=\"noopener noreferrer\">documentation</a>",
    ] {
        assert!(tables.contains(text), "no {text} in {tables}");
    }
}

/// Template, style and script are a hundred kilobytes at most, and a package costs its report, once as JSON and once
/// as a row.
#[test]
fn the_page_stays_small() {
    let empty = page(&crowd(0)).unwrap().len();
    assert!(empty < 100 << 10, "{empty}");
    let report = crowd(300);
    let json = report.to_json_line().unwrap().len();
    let whole = page(&report).unwrap().len();
    assert!(whole < empty + 3 * json, "{whole} for {json} of JSON");
}
