//! `--list`: built-in commands, aliases of the configuration, and programs named `cargo-NAME`.

use super::{Exit, programs};
use crate::context::Context;

pub(super) fn run(cx: &mut Context) -> Exit {
    let mut text = String::from("Installed Commands:\n");
    for (name, about) in programs::all(cx) {
        text.push_str(format!("    {name:<20} {about}").trim_end());
        text.push('\n');
    }
    cx.print(text)?;
    Ok(0)
}
