//! What was done to a hub.

use std::path::Path;

use dhow_ops::{HubChange, HubPacked, HubUnpacked};

use crate::results::size;
use crate::terminal::Terminal;

/// Says what a hub holds now, and where that came from.
pub fn report_hub(terminal: &Terminal, verb: &str, change: &HubChange) {
    let mut holds = vec![counted(change.packages, "package", "packages")];
    if change.repositories > 0 {
        holds.push(counted(change.repositories, "git repository", "git repositories"));
    }
    let mut done = Vec::new();
    for (count, what) in
        [(change.taken, "taken over"), (change.downloaded, "downloaded"), (change.removed.len(), "removed")]
    {
        if count > 0 {
            done.push(format!("{count} {what}"));
        }
    }
    let done = if done.is_empty() { String::new() } else { format!(" ({})", done.join(", ")) };
    terminal.status(verb, format_args!("hub `{}`: {}{done}", change.root.display(), holds.join(", ")));
}

/// Says what was packed.
pub fn report_hub_packed(terminal: &Terminal, file: &Path, packed: HubPacked) {
    let files = packed.files;
    let size = size(packed.bytes);
    terminal.status("Packed", format_args!("{files} files of the hub into `{}` ({size})", file.display()));
}

/// Says what was unpacked.
pub fn report_hub_unpacked(terminal: &Terminal, unpacked: &HubUnpacked) {
    let packages = counted(unpacked.packages, "package", "packages");
    terminal.status("Unpacked", format_args!("hub `{}`: {packages}, verified", unpacked.root.display()));
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
