//! Commands in a form that can be compared: one line each, with hashes and tools' paths made equal.

use std::collections::BTreeMap;

/// A command line with its variables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) program: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
}

impl Line {
    /// One text, with the arguments one per line so that a difference is seen.
    pub(crate) fn show(&self) -> String {
        let args: String = self.args.iter().map(|arg| format!("\n    {}", normalize(&tool(arg)))).collect();
        let env: String = self
            .env
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "CARGO" | "NUM_JOBS" | "RUSTC" | "RUSTDOC"))
            .map(|(name, value)| format!("\n  {name}={}", normalize(value)))
            .collect();
        format!("{}{args}{env}", normalize(&tool(&self.program)))
    }
}

/// rustc and rustdoc by name: which path they have is not the plan's business.
fn tool(program: &str) -> String {
    let name = program.rsplit('/').next().unwrap_or(program);
    if matches!(name, "rustc" | "rustdoc") { name.to_owned() } else { program.to_owned() }
}

/// Sixteen hexadecimal digits are a hash.
fn normalize(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    // Cargo's output has lost the separators of encoded flags.
    for c in text.chars().filter(|c| *c != '\u{1f}').chain(['\0']) {
        if c.is_ascii_hexdigit() && !c.is_ascii_uppercase() {
            run.push(c);
            continue;
        }
        let is_hash = run.len() == 16 && (out.ends_with('-') || out.ends_with("metadata="));
        out.push_str(if is_hash { "HASH" } else { &run });
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Takes a line that cargo printed for a shell apart.
pub(crate) fn parse(line: &str) -> Line {
    let mut words = split(line).into_iter().peekable();
    let mut env = BTreeMap::new();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            break;
        }
        env.insert(name.to_owned(), value.to_owned());
        words.next();
    }
    let program = words.next().expect("a program");
    Line { program, args: words.collect(), env }
}

/// Words of a shell line: quotes of both kinds and backslashes, as far as cargo writes them.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|c| *c != '\''));
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn shell_lines_come_apart() {
    let line = parse(r#"A=1 B='' C='x y' rustc --cfg 'feature="a"' 'it'\''s'"#);
    assert_eq!(line.args, ["--cfg", "feature=\"a\"", "it's"]);
    assert_eq!(line.env["C"], "x y");
    assert_eq!(line.env["B"], "");
    assert_eq!(normalize("/t/deps/liba-0123456789abcdef.rlib"), "/t/deps/liba-HASH.rlib");
    assert_eq!(normalize("metadata=0123456789abcdef"), "metadata=HASH");
}
