//! What was done to a hub.

use dhow_ops::HubChange;

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

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
