//! The report as one HTML page that needs nothing but itself: no network, no file beside it, no script to be readable.
//! What it says of a package is what strangers wrote: it is escaped here, and only becomes text in the script.

mod list;
mod text;

use dhow_fs::hash_bytes;

use self::list::{about, packages, totals};
use self::text::{escaped, fill, for_script};
use crate::show::HubReport;

const TEMPLATE: &str = include_str!("assets/template.html");
const STYLE: &str = include_str!("assets/style.css");

/// One scope: later files use what earlier ones define.
const SCRIPTS: [&str; 8] = [
    include_str!("assets/model.js"),
    include_str!("assets/dom.js"),
    include_str!("assets/layout.js"),
    include_str!("assets/graph.js"),
    include_str!("assets/treemap.js"),
    include_str!("assets/detail.js"),
    include_str!("assets/controls.js"),
    include_str!("assets/main.js"),
];

/// There is no page.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written as JSON: {0}")]
pub struct PageError(String);

/// The page: the same bytes for the same report.
///
/// # Errors
/// The report cannot be written as JSON.
pub fn page(report: &HubReport) -> Result<String, PageError> {
    let json = report.to_json_line().map_err(|error| PageError(error.to_string()))?;
    // Only what carries this word runs. Who wrote a description could not know it: it depends on that description.
    let nonce = hash_bytes(json.as_bytes()).to_string();
    Ok(fill(
        TEMPLATE,
        &[
            ("nonce", &nonce),
            ("project", &escaped(&report.project)),
            ("style", STYLE),
            ("about", &about(report)),
            ("totals", &totals(report)),
            ("packages", &packages(report)),
            ("report", &for_script(&json)),
            ("script", &SCRIPTS.concat()),
        ],
    ))
}
