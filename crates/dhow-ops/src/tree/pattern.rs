//! The `--format` of `tree`: text with `{p}`, `{l}`, `{r}`, `{f}` and `{lib}` in it.

/// A part of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    Raw(String),
    Package,
    License,
    Repository,
    Features,
    LibName,
}

/// A format, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Chunk>);

/// A format that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// `{x}`
    #[error(
        "`{{{0}}}` is not a placeholder of tree formats (there are {{p}}, {{l}}, {{r}}, {{f}} and {{lib}})"
    )]
    Unknown(String),
    /// `{` alone
    #[error("a `{{` is not closed in the format (write `{{{{` for a brace)")]
    Unclosed,
}

impl Pattern {
    /// Parses a format. `{{` and `}}` are braces.
    ///
    /// # Errors
    /// An unknown placeholder, or one that is not closed.
    pub fn parse(format: &str) -> Result<Self, PatternError> {
        let mut chunks = Vec::new();
        let mut raw = String::new();
        let mut rest = format;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("{{") {
                raw.push('{');
                rest = after;
            } else if let Some(after) = rest.strip_prefix("}}") {
                raw.push('}');
                rest = after;
            } else if c == '{' {
                let (name, after) = rest[1..].split_once('}').ok_or(PatternError::Unclosed)?;
                if !raw.is_empty() {
                    chunks.push(Chunk::Raw(std::mem::take(&mut raw)));
                }
                chunks.push(placeholder(name)?);
                rest = after;
            } else {
                raw.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        if !raw.is_empty() {
            chunks.push(Chunk::Raw(raw));
        }
        Ok(Self(chunks))
    }

    pub(super) fn chunks(&self) -> &[Chunk] {
        &self.0
    }
}

fn placeholder(name: &str) -> Result<Chunk, PatternError> {
    match name {
        "p" => Ok(Chunk::Package),
        "l" => Ok(Chunk::License),
        "r" => Ok(Chunk::Repository),
        "f" => Ok(Chunk::Features),
        "lib" => Ok(Chunk::LibName),
        other => Err(PatternError::Unknown(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Pattern, PatternError};

    #[test]
    fn formats_are_text_with_placeholders() {
        let parsed = Pattern::parse("{p} - {{{l}}").expect("a format");
        assert_eq!(
            parsed.chunks(),
            [Chunk::Package, Chunk::Raw(" - {".into()), Chunk::License, Chunk::Raw("}".into())]
        );
        assert_eq!(Pattern::parse("{x}"), Err(PatternError::Unknown("x".into())));
        assert_eq!(Pattern::parse("{p"), Err(PatternError::Unclosed));
    }
}
