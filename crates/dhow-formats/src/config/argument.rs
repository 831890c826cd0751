//! `--config KEY=VALUE`: one dotted key with one value, nothing around it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::parse::{ConfigParseError, Origin, document, table};
use super::value::Table;

/// An argument of `--config` that is not one dotted key with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// Not TOML at all.
    #[error("{0}")]
    Parse(#[from] ConfigParseError),
    /// A table header, several keys, no key.
    #[error("expected one dotted key and its value, such as `build.jobs=2`")]
    NotDotted,
    /// An inline table.
    #[error("an inline table cannot be given here: set each of its keys, as in `profile.dev.debug=1`")]
    InlineTable,
    /// A comment.
    #[error("a comment cannot be given here")]
    Comment,
}

/// Reads the argument of `--config` into a table with a single path of keys.
///
/// # Errors
/// See [`ArgumentError`].
pub fn parse_argument(text: &str) -> Result<Table, ArgumentError> {
    let first = text.trim_start();
    if first.starts_with('#') {
        return Err(ArgumentError::Comment);
    }
    let parsed = document(text)?;
    if first.starts_with('[') {
        return Err(ArgumentError::NotDotted);
    }
    check(text, parsed.get_ref())?;
    Ok(table(text, parsed, &Origin::Cli)?)
}

fn check(text: &str, root: &DeTable<'_>) -> Result<(), ArgumentError> {
    let mut table = root;
    loop {
        let mut entries = table.iter();
        let (Some((_, value)), None) = (entries.next(), entries.next()) else {
            return Err(ArgumentError::NotDotted);
        };
        match value.get_ref() {
            DeValue::Table(_) if starts_with_brace(text, value) => return Err(ArgumentError::InlineTable),
            DeValue::Table(inner) => table = inner,
            // The grammar allows nothing but a comment behind a value.
            _ if !text[value.span().end..].trim().is_empty() => return Err(ArgumentError::Comment),
            _ => return Ok(()),
        }
    }
}

/// A table that a dotted key implies has the key's place, an inline one its own.
fn starts_with_brace(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    text.get(value.span()).is_some_and(|text| text.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::super::value::{Data, Definition};
    use super::*;

    #[test]
    fn dotted_keys_are_taken() {
        let table = parse_argument(" target.'cfg(unix)'.runner = 'x' ").expect("parses");
        let inner = table["target"].as_table().expect("a table")["cfg(unix)"].as_table().expect("a table");
        assert_eq!(inner["runner"].data, Data::String("x".to_owned()));
        assert_eq!(inner["runner"].definition, Definition::Cli);
        assert!(parse_argument("a=1").is_ok());
        assert!(parse_argument("a.b.c=[1,\n 2]").is_ok());
        assert!(parse_argument("'{'.b=1\n").is_ok());
    }

    #[test]
    fn all_else_is_refused() {
        for text in ["", "[a]\nb=1", "[[a]]\nb=1", "a=1\nb=2", "a.b=1\na.c=2", "[a]"] {
            assert_eq!(parse_argument(text), Err(ArgumentError::NotDotted), "{text:?}");
        }
        for text in ["a={}", "a.b={c=1}", "a = { c.d = 1 }"] {
            assert_eq!(parse_argument(text), Err(ArgumentError::InlineTable), "{text:?}");
        }
        for text in ["a=1 # why", "# why\na=1", "a='x'\n#"] {
            assert_eq!(parse_argument(text), Err(ArgumentError::Comment), "{text:?}");
        }
        assert!(matches!(parse_argument("build"), Err(ArgumentError::Parse(_))));
        assert!(matches!(parse_argument("a=b"), Err(ArgumentError::Parse(_))));
    }
}
