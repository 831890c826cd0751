//! `[lints]` as rustc flags. Specified in the Cargo book, "The `lints` section".

use std::cmp::Reverse;

use dhow_formats::manifest::{TomlLintLevel, TomlLints, TomlValue};

use crate::error::Flaw;
use crate::notes::Notes;
use crate::problem::LintProblem;

const TOOLS: [&str; 4] = ["cargo", "clippy", "rust", "rustdoc"];

/// Lints ready for rustc's command line.
#[derive(Debug, Default)]
pub(crate) struct LintFlags {
    pub(crate) rustflags: Vec<String>,
    pub(crate) check_cfg: Vec<String>,
}

/// Checks names; what is only odd becomes a note.
pub(crate) fn verify(lints: &TomlLints, table: &[&str], notes: &Notes) -> Result<(), Flaw> {
    for (tool, lints) in lints {
        let key = |name: &str| {
            table.iter().copied().chain([tool.as_str(), name]).map(str::to_owned).collect::<Vec<_>>()
        };
        if !TOOLS.contains(&tool.as_str()) {
            let known = TOOLS.join("`, `");
            notes.warn(table.iter().copied().chain([tool.as_str()]), || {
                format!("unknown tool `{tool}` in `[lints]` (tools: `{known}`)")
            });
            continue;
        }
        if tool == "cargo" {
            notes.warn(table.iter().copied().chain([tool.as_str()]), || {
                "unused manifest key: lints.cargo (no such lints yet)".to_owned()
            });
        }
        for (name, lint) in lints {
            if let Some((prefix, rest)) = name.split_once("::") {
                let movable = tool == prefix || (tool == "rust" && TOOLS.contains(&prefix));
                let better = movable.then(|| format!("{prefix}.{rest}"));
                let problem = LintProblem::BadName { tool: tool.clone(), name: name.clone(), better };
                let key = key(name);
                return Err(Flaw::new(key.iter().map(String::as_str), problem));
            }
            for config in lint.config().into_iter().flat_map(|c| c.keys()) {
                if (tool.as_str(), name.as_str(), config.as_str()) != ("rust", "unexpected_cfgs", "check-cfg")
                {
                    let key = key(name);
                    notes.warn(key.iter().map(String::as_str).chain([config.as_str()]), || {
                        format!("unused manifest key: lints.{tool}.{name}.{config}")
                    });
                }
            }
        }
    }
    Ok(())
}

/// The flags, weakest priority first: what comes later wins with rustc.
pub(crate) fn to_flags(lints: &TomlLints) -> Result<LintFlags, Flaw> {
    let mut flags = Vec::new();
    for (tool, lints) in lints.iter().filter(|(tool, _)| *tool != "cargo") {
        for (name, lint) in lints {
            let level = match lint.level() {
                TomlLintLevel::Forbid => "forbid",
                TomlLintLevel::Deny => "deny",
                TomlLintLevel::Warn => "warn",
                TomlLintLevel::Allow => "allow",
            };
            let flag = match tool.as_str() {
                "rust" => format!("--{level}={name}"),
                _ => format!("--{level}={tool}::{name}"),
            };
            flags.push((lint.priority(), Reverse(name), flag));
        }
    }
    flags.sort();
    let check_cfg =
        lints.get("rust").and_then(|rust| rust.get("unexpected_cfgs")?.config()?.get("check-cfg"));
    let check_cfg = match check_cfg {
        Some(value) => strings(value).ok_or_else(|| {
            Flaw::new(["lints", "rust", "unexpected_cfgs", "check-cfg"], LintProblem::CheckCfg)
        })?,
        None => Vec::new(),
    };
    Ok(LintFlags { rustflags: flags.into_iter().map(|(_, _, flag)| flag).collect(), check_cfg })
}

fn strings(value: &TomlValue) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_in_order_of_priority_then_backwards_by_name() {
        let text = "[lints.rust]\nunused = { level = \"warn\", priority = -1 }\nb = \"deny\"\na = \"forbid\"\n\
                    unexpected_cfgs = { level = \"allow\", check-cfg = ['cfg(x)'] }\n[lints.clippy]\nall = \"allow\"\n\
                    [lints.cargo]\nx = \"warn\"\n";
        let parsed = dhow_formats::manifest::parse(text).expect("parses");
        let flags = to_flags(&parsed.toml.lints.expect("lints").lints).expect("flags");
        assert_eq!(
            flags.rustflags,
            ["--warn=unused", "--allow=unexpected_cfgs", "--deny=b", "--allow=clippy::all", "--forbid=a"]
        );
        assert_eq!(flags.check_cfg, ["cfg(x)"]);
    }
}
