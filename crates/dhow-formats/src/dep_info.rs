//! Dep-info files (`.d`): what a compilation read, as a makefile. rustc writes them, other build tools read them.
//!
//! rustc adds comments that make ignores: `# env-dep:NAME=VALUE` for each variable that the source asked for.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What one compilation depended on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepInfo {
    /// Files it read: absolute, or relative to the directory it ran in.
    pub files: Vec<PathBuf>,
    /// Variables it asked for with `env!` and `option_env!`, and what they were.
    pub env: Vec<(String, Option<String>)>,
}

impl DepInfo {
    /// Reads a dep-info file that rustc wrote. Lines that mean nothing to us are passed over.
    pub fn parse(content: &[u8]) -> Self {
        let mut info = Self::default();
        let mut seen_rule = false;
        for line in content.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(variable) = line.strip_prefix(b"# env-dep:") {
                info.env.push(parse_env(&String::from_utf8_lossy(variable)));
            } else if !seen_rule && let Some(colon) = line.windows(2).position(|pair| pair == b": ") {
                // Every output has a rule, and all of them name the same files.
                seen_rule = true;
                info.files = parse_files(&line[colon + 2..]);
            }
        }
        info
    }
}

fn parse_env(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((name, value)) => (unescape(name), Some(unescape(value))),
        None => (unescape(text), None),
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            _ => plain.push(c),
        }
    }
    plain
}

fn parse_files(list: &[u8]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut file = Vec::new();
    let mut bytes = list.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' => {
                if !file.is_empty() {
                    files.push(path_from(std::mem::take(&mut file)));
                }
            }
            // Only spaces are escaped; a backslash before anything else is part of a Windows path.
            b'\\' if bytes.peek() == Some(&b' ') => {
                bytes.next();
                file.push(b' ');
            }
            _ => file.push(byte),
        }
    }
    if !file.is_empty() {
        files.push(path_from(file));
    }
    files
}

#[cfg(unix)]
fn path_from(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_from(bytes: Vec<u8>) -> PathBuf {
    OsString::from(String::from_utf8_lossy(&bytes).into_owned()).into()
}

/// The file that is left beside an artifact for other build tools: one rule, files sorted, spaces escaped.
/// `None` if a path is not UTF-8: such a rule cannot be written so that everybody reads it.
pub fn render_rule(artifact: &Path, files: &BTreeSet<PathBuf>) -> Option<String> {
    let mut rule = escape(artifact)?;
    rule.push(':');
    for file in files {
        // Writing to a string cannot fail.
        let _ignored = write!(rule, " {}", escape(file)?);
    }
    rule.push('\n');
    Some(rule)
}

fn escape(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace(' ', "\\ "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustc_writes_is_read() {
        let info = DepInfo::parse(
            b"/t/debug/deps/a-1.d: src/main.rs src/with\\ space.rs /out/x.rs C:\\dir\\y.rs\n\n\
              /t/debug/deps/a-1: src/main.rs\n\nsrc/main.rs:\n\n\
              # env-dep:A=b\\nc=\\\\\n# env-dep:UNSET\n# checksum:blake3=1 file_len:3 x\n",
        );
        let files = ["src/main.rs", "src/with space.rs", "/out/x.rs", "C:\\dir\\y.rs"].map(PathBuf::from);
        assert_eq!(info.files, files);
        assert_eq!(info.env, [("A".into(), Some("b\nc=\\".into())), ("UNSET".into(), None)]);
    }

    #[test]
    fn nothing_and_rubbish_are_read_as_nothing() {
        assert_eq!(DepInfo::parse(b""), DepInfo::default());
        assert_eq!(DepInfo::parse(b"\x00\xff rubbish\nfoo.rs:\n").files, Vec::<PathBuf>::new());
    }

    #[test]
    fn a_rule_is_sorted_and_escaped() {
        let files = BTreeSet::from(["/b c".into(), "/a".into()]);
        assert_eq!(render_rule(Path::new("/t/app"), &files).unwrap(), "/t/app: /a /b\\ c\n");
        let read = DepInfo::parse(render_rule(Path::new("/t/app"), &files).unwrap().as_bytes());
        assert_eq!(read.files, files.into_iter().collect::<Vec<_>>());
    }
}
