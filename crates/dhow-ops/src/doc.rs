//! `doc`: builds documentation, and opens it.

use dhow_process::Process;

use crate::compile::{as_asked, compile};
use crate::error::Error;
use crate::options::CompileOptions;
use crate::session::Session;
use crate::tools;

/// Documents what `options` select; `open` shows the first page in a browser.
///
/// # Errors
/// It cannot be built, or no browser can be started.
pub fn doc(session: &Session<'_>, options: &CompileOptions, open: bool) -> Result<(), Error> {
    let compiled = compile(session, options, as_asked)?;
    let graph = &compiled.plan.graph;
    let Some(first) = graph.roots.iter().map(|id| graph.unit(*id)).find(|unit| unit.mode.is_doc()) else {
        return Ok(());
    };
    let page = compiled
        .layout
        .platform(first.kind)
        .doc()
        .join(first.target.crate_name().as_str())
        .join("index.html");
    let verb = if open { "Opening" } else { "Generated" };
    session.status(verb, page.display().to_string());
    if open { open_page(session, &page) } else { Ok(()) }
}

fn open_page(session: &Session<'_>, page: &std::path::Path) -> Result<(), Error> {
    let env = tools::child_env(session)?;
    let mut process = match session.config.browser()? {
        Some(browser) => {
            let mut process = Process::new(browser.program, session.cwd(), env);
            process.args(browser.args);
            process
        }
        None => Process::new(SYSTEM_OPENER, session.cwd(), env),
    };
    process.arg(page);
    let status = process.run_inherited()?;
    if status.success() { Ok(()) } else { Err(Error::Browser(process.command_line())) }
}

#[cfg(target_os = "macos")]
const SYSTEM_OPENER: &str = "open";
#[cfg(windows)]
const SYSTEM_OPENER: &str = "explorer";
#[cfg(not(any(target_os = "macos", windows)))]
const SYSTEM_OPENER: &str = "xdg-open";
