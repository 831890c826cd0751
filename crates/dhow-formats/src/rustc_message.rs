//! Lines that rustc and rustdoc write to standard error with `--error-format=json`.
//!
//! A line is kept as it came; of its content only what a build must know is read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One line of a compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RustcMessage {
    /// An error, a warning, or a note that stands for itself.
    Diagnostic(Diagnostic),
    /// A file was written.
    Artifact {
        /// Its path.
        path: String,
        /// What it is: `metadata`, `link`, `dep-info`.
        emit: String,
    },
    /// Lints that will become errors one day; the line is passed on as it is.
    FutureIncompat,
    /// How many problems there were: others count for themselves, so nobody shows it.
    Summary,
    /// JSON of a kind that is not known here.
    Unknown,
    /// Not JSON: text that somebody printed.
    Text,
}

/// What a build knows of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// As it is shown, with colours if the compiler was asked for them; ends with a newline.
    pub rendered: String,
    /// Its text without place and code.
    pub message: String,
    /// The name of the lint or the code of the error.
    pub code: Option<String>,
    /// There is a suggestion that a machine may apply.
    pub fixable: bool,
}

/// Levels of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Compilation fails.
    Error,
    /// Compilation goes on.
    Warning,
    /// Everything else: notes, help, failure notes.
    Note,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "$message_type", borrow)]
    message_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    artifact: Option<Cow<'a, str>>,
    #[serde(borrow)]
    emit: Option<Cow<'a, str>>,
    #[serde(borrow)]
    rendered: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    level: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Code<'a>>,
    #[serde(borrow, default)]
    children: Vec<Child<'a>>,
}

#[derive(Deserialize, Serialize)]
struct Code<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    explanation: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Child<'a> {
    #[serde(borrow, default)]
    spans: Vec<Span<'a>>,
}

#[derive(Deserialize)]
struct Span<'a> {
    #[serde(borrow)]
    suggestion_applicability: Option<Cow<'a, str>>,
    #[serde(borrow)]
    suggested_replacement: Option<Cow<'a, str>>,
}

/// Understands one line (without its end).
pub fn parse(line: &str) -> RustcMessage {
    if !line.starts_with('{') {
        return RustcMessage::Text;
    }
    let Ok(line) = serde_json::from_str::<Line<'_>>(line) else { return RustcMessage::Text };
    if let Some(path) = line.artifact {
        return RustcMessage::Artifact {
            path: path.into_owned(),
            emit: line.emit.unwrap_or_default().into_owned(),
        };
    }
    match (line.message_type.as_deref(), line.level, line.message) {
        (Some("future_incompat"), _, _) => RustcMessage::FutureIncompat,
        (Some("diagnostic") | None, Some(level), Some(message)) => {
            if is_summary(&message) {
                return RustcMessage::Summary;
            }
            let spans = || line.children.iter().flat_map(|child| &child.spans);
            RustcMessage::Diagnostic(Diagnostic {
                level: level_of(&level),
                rendered: line.rendered.unwrap_or_default().into_owned(),
                fixable: spans().any(|span| {
                    span.suggestion_applicability.as_deref() == Some("MachineApplicable")
                        && span.suggested_replacement.is_some()
                }),
                message: message.into_owned(),
                code: line.code.map(|code| code.code.into_owned()),
            })
        }
        _ => RustcMessage::Unknown,
    }
}

fn level_of(level: &str) -> Level {
    match level {
        "error" | "error: internal compiler error" => Level::Error,
        "warning" => Level::Warning,
        _ => Level::Note,
    }
}

fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
}

#[derive(Deserialize, Serialize)]
struct PlainDiagnostic<'a> {
    rendered: String,
    #[serde(flatten, borrow)]
    other: BTreeMap<Cow<'a, str>, serde_json::Value>,
    #[serde(borrow)]
    code: Option<Code<'a>>,
}

/// The JSON of a diagnostic whose rendering has no colours, for those who asked for JSON without them. Keys stand in the
/// order in which Cargo writes them. `None` if the line is no diagnostic.
pub fn without_colors(line: &str) -> Option<Box<RawValue>> {
    let mut diagnostic = serde_json::from_str::<PlainDiagnostic<'_>>(line).ok()?;
    diagnostic.rendered = strip_ansi(&diagnostic.rendered);
    RawValue::from_string(serde_json::to_string(&diagnostic).ok()?).ok()
}

/// The line as JSON that can be put into other JSON. `None` if it is not JSON.
pub fn raw(line: &str) -> Option<Box<RawValue>> {
    serde_json::from_str::<&RawValue>(line).ok().map(ToOwned::to_owned)
}

/// Text without terminal colours and links.
pub fn strip_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            // Control sequence: parameters up to a letter.
            Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            // Operating system command (links): up to a bell or `ESC \`.
            Some(']') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARNING: &str = r#"{"$message_type":"diagnostic","message":"unused variable: `x`","code":{"code":"unused_variables","explanation":null},"level":"warning","spans":[],"children":[{"message":"help","code":null,"level":"help","spans":[{"suggested_replacement":"_x","suggestion_applicability":"MachineApplicable"}],"children":[],"rendered":null}],"rendered":"\u001b[1m\u001b[33mwarning\u001b[0m: unused\n"}"#;

    #[test]
    fn lines_are_told_apart() {
        let RustcMessage::Diagnostic(warning) = parse(WARNING) else { panic!("a diagnostic") };
        assert_eq!((warning.level, warning.fixable), (Level::Warning, true));
        assert_eq!(warning.code.as_deref(), Some("unused_variables"));
        let artifact = r#"{"$message_type":"artifact","artifact":"/t/liba.rmeta","emit":"metadata"}"#;
        assert_eq!(
            parse(artifact),
            RustcMessage::Artifact { path: "/t/liba.rmeta".into(), emit: "metadata".into() }
        );
        assert_eq!(
            parse(r#"{"$message_type":"future_incompat","future_incompat_report":[]}"#),
            RustcMessage::FutureIncompat
        );
        let summary = r#"{"$message_type":"diagnostic","message":"1 warning emitted","code":null,"level":"warning","spans":[],"children":[],"rendered":"x"}"#;
        assert_eq!(parse(summary), RustcMessage::Summary);
        assert_eq!(parse("{not json"), RustcMessage::Text);
        assert_eq!(parse("thread panicked"), RustcMessage::Text);
        assert_eq!(parse("{}"), RustcMessage::Unknown);
    }

    #[test]
    fn colours_go_and_the_order_is_cargos() {
        let plain = without_colors(WARNING).unwrap();
        assert!(
            plain
                .get()
                .starts_with(r#"{"rendered":"warning: unused\n","$message_type":"diagnostic","children":["#)
        );
        assert!(
            plain.get().ends_with(r#","spans":[],"code":{"code":"unused_variables","explanation":null}}"#),
            "{plain}"
        );
        assert_eq!(strip_ansi("a\u{1b}]8;;http://x\u{1b}\\b\u{1b}]8;;\u{7}c\u{1b}[38;5;9md\u{1b}"), "abcd");
    }
}
