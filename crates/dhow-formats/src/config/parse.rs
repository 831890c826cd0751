//! TOML text to the tree, in one pass over the parser's own borrowed tree.

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::value::{Data, Definition, Table, Value};

/// Where a text comes from; with a line it makes a [`Definition`].
#[derive(Clone, Debug)]
pub enum Origin {
    /// A file found by its place, or included.
    File(Arc<Path>),
    /// A file that the command line names, or included by one.
    CliFile(Arc<Path>),
    /// An argument of the command line.
    Cli,
}

/// Text that is not a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}{}", shown(*line, excerpt))]
pub struct ConfigParseError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The text of that line; empty if it must not be shown.
    pub excerpt: String,
}

impl ConfigParseError {
    /// The same without the text, in which there may be a token.
    #[must_use]
    pub fn without_excerpt(self) -> Self {
        Self { excerpt: String::new(), ..self }
    }
}

fn shown(line: u32, excerpt: &str) -> String {
    if excerpt.is_empty() { String::new() } else { format!("\n  {line} | {excerpt}") }
}

/// Reads the text of a configuration file.
///
/// # Errors
/// The text is not TOML, or has a float or a date in it.
pub fn parse(text: &str, origin: &Origin) -> Result<Table, ConfigParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = document(text)?;
    Reader { text, lines: Lines::of(text), origin }.table(document.into_inner())
}

pub(super) fn document(text: &str) -> Result<Spanned<DeTable<'_>>, ConfigParseError> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        at_offset(text, at, error.message().to_owned())
    })
}

pub(super) fn table(
    text: &str,
    document: Spanned<DeTable<'_>>,
    origin: &Origin,
) -> Result<Table, ConfigParseError> {
    Reader { text, lines: Lines::of(text), origin }.table(document.into_inner())
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    origin: &'a Origin,
}

impl Reader<'_> {
    fn table(&self, table: DeTable<'_>) -> Result<Table, ConfigParseError> {
        table
            .into_iter()
            .map(|(key, value)| {
                let key_at = key.span().start;
                Ok((key.into_inner().into_owned(), self.value(value, key_at)?))
            })
            .collect()
    }

    /// `key_at` says where a value stands that has no text of its own, as the table that a dotted key implies.
    fn value(&self, value: Spanned<DeValue<'_>>, key_at: usize) -> Result<Value, ConfigParseError> {
        let at = match value.get_ref() {
            DeValue::Table(_) => key_at,
            _ => value.span().start,
        };
        let data = match value.into_inner() {
            DeValue::String(text) => Data::String(text.into_owned()),
            DeValue::Integer(digits) => Data::Integer(
                i64::from_str_radix(digits.as_str(), digits.radix())
                    .map_err(|_| at_offset(self.text, at, format!("`{digits}` does not fit in 64 bits")))?,
            ),
            DeValue::Boolean(truth) => Data::Boolean(truth),
            DeValue::Array(list) => Data::List(
                list.into_iter()
                    .map(|element| {
                        let at = element.span().start;
                        self.value(element, at)
                    })
                    .collect::<Result<_, _>>()?,
            ),
            DeValue::Table(inner) => Data::Table(self.table(inner)?),
            DeValue::Float(_) => return Err(self.meaningless(at, "a float")),
            DeValue::Datetime(_) => return Err(self.meaningless(at, "a date")),
        };
        Ok(Value::new(data, self.definition(at)))
    }

    fn meaningless(&self, at: usize, what: &str) -> ConfigParseError {
        let message = format!(
            "{what} has no meaning in configuration: expected a string, integer, boolean, list or table"
        );
        at_offset(self.text, at, message)
    }

    fn definition(&self, at: usize) -> Definition {
        match self.origin {
            Origin::File(path) => Definition::File { path: Arc::clone(path), line: self.lines.line(at) },
            Origin::CliFile(path) => {
                Definition::CliFile { path: Arc::clone(path), line: self.lines.line(at) }
            }
            Origin::Cli => Definition::Cli,
        }
    }
}

/// Where each line ends, to find a line by bisection.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn line(&self, at: usize) -> u32 {
        u32::try_from(self.0.partition_point(|end| *end < at)).unwrap_or(u32::MAX - 1) + 1
    }
}

fn at_offset(text: &str, at: usize, message: String) -> ConfigParseError {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let excerpt = text[start..].lines().next().unwrap_or_default().to_owned();
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX - 1);
    let line = u32::try_from(text[..at].matches('\n').count()).unwrap_or(u32::MAX - 1) + 1;
    ConfigParseError { line, column: count(&text[start..at]) + 1, message, excerpt }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, ConfigParseError> {
        parse(text, &Origin::File(Path::new("/a/.cargo/config.toml").into()))
    }

    fn lines(text: &str, key: &str) -> u32 {
        let table = read(text).expect("parses");
        let mut parts = key.split('.');
        let mut value = &table[parts.next().expect("a key")];
        for part in parts {
            value = &value.as_table().expect("a table")[part];
        }
        match &value.definition {
            Definition::File { line, .. } => *line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let text = "# top\n[build]\njobs = 3\nrustflags = [\n  \"a\",\n]\n\n[target.x]\nrunner = \"\"\"\nr\"\"\"\na.b = 1\n";
        assert_eq!(lines(text, "build"), 2);
        assert_eq!(lines(text, "build.jobs"), 3);
        assert_eq!(lines(text, "build.rustflags"), 4);
        assert_eq!(lines(text, "target.x.runner"), 9);
        assert_eq!(lines(text, "target.x.a"), 11);
        assert_eq!(lines(text, "target.x.a.b"), 11);
    }

    #[test]
    fn carriage_returns_do_not_move_lines() {
        assert_eq!(lines("[a]\r\nb = 1\r\nc = 2\r\n", "a.c"), 3);
    }

    #[test]
    fn integers_of_every_base() {
        let table = read("a = 0x10\nb = 1_000\nc = -3\n").expect("parses");
        assert_eq!(table["a"].data, Data::Integer(16));
        assert_eq!(table["b"].data, Data::Integer(1000));
        assert_eq!(table["c"].data, Data::Integer(-3));
    }

    #[test]
    fn errors_point_at_the_place() {
        let error = read("[a]\nb = \n").expect_err("no value");
        assert_eq!(error.line, 2);
        assert_eq!(error.excerpt, "b = ");
        let error = read("x = 1\n'ü' = 2.5\n").expect_err("a float");
        assert_eq!((error.line, error.column), (2, 7));
        assert!(error.message.contains("float"), "{error}");
        assert!(read("a = 2020-01-01").expect_err("a date").message.contains("date"));
        assert!(read("a = 99999999999999999999").is_err());
    }
}
