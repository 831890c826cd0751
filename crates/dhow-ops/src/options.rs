//! What the commands take: the user's wishes as values, before they are held against a workspace.

use dhow_plan::{CompileFilter, Intent, PackageSelection};

/// `--features`, `--all-features`, `--no-default-features`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureFlags {
    /// As typed: each may hold several, separated by commas or spaces.
    pub features: Vec<String>,
    /// `--all-features`
    pub all_features: bool,
    /// `--no-default-features`
    pub no_default_features: bool,
}

/// Where compilers' messages go and in which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageFormat {
    /// For a person, on standard error.
    #[default]
    Human,
    /// One line each, on standard error.
    Short,
    /// For a program: a JSON object per line on standard output.
    Json {
        /// Compilers' diagnostics are rendered for a person on standard error instead.
        render_diagnostics: bool,
        /// The rendered text inside is of the short form.
        short: bool,
        /// The rendered text inside has colors.
        ansi: bool,
    },
}

/// What a message format cannot be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageFormatError {
    /// An unknown word.
    #[error(
        "`{0}` is not a message format (there are `human`, `short`, `json`, `json-diagnostic-short`, \
         `json-diagnostic-rendered-ansi` and `json-render-diagnostics`)"
    )]
    Unknown(String),
    /// Two that exclude each other.
    #[error("`--message-format` takes one kind of output: `human` or `short` do not go with another")]
    Conflict,
}

impl MessageFormat {
    /// From the values of `--message-format`, split at commas.
    ///
    /// # Errors
    /// An unknown format, or two that exclude each other.
    pub fn parse(values: &[String]) -> Result<Self, MessageFormatError> {
        let mut format: Option<Self> = None;
        for value in values {
            let lower = value.to_ascii_lowercase();
            if matches!(lower.as_str(), "human" | "short") {
                if format.is_some() {
                    return Err(MessageFormatError::Conflict);
                }
                format = Some(if lower == "human" { Self::Human } else { Self::Short });
                continue;
            }
            let (mut render_diagnostics, mut short, mut ansi) = match format {
                None => (false, false, false),
                Some(Self::Json { render_diagnostics, short, ansi }) => (render_diagnostics, short, ansi),
                Some(_) => return Err(MessageFormatError::Conflict),
            };
            match lower.as_str() {
                "json" => {}
                "json-diagnostic-short" => short = true,
                "json-diagnostic-rendered-ansi" => ansi = true,
                "json-render-diagnostics" => render_diagnostics = true,
                _ => return Err(MessageFormatError::Unknown(value.clone())),
            }
            format = Some(Self::Json { render_diagnostics, short, ansi });
        }
        Ok(format.unwrap_or_default())
    }

    /// Whether standard output carries JSON.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json { .. })
    }
}

/// All that decides what `build`, `check`, `test`, `bench`, `run` and `doc` compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// What for.
    pub intent: Intent,
    /// Which packages.
    pub packages: PackageSelection,
    /// Which of their targets.
    pub filter: CompileFilter,
    /// Which of their features.
    pub features: FeatureFlags,
    /// `--release` (`release`) or `--profile`.
    pub profile: Option<String>,
    /// `--target`: triples or paths of specifications, as typed.
    pub targets: Vec<String>,
    /// `-j`, as typed.
    pub jobs: Option<String>,
    /// `--keep-going`
    pub keep_going: bool,
    /// `--message-format`
    pub message_format: MessageFormat,
    /// `--ignore-rust-version`
    pub ignore_rust_version: bool,
    /// `doc --document-private-items`
    pub document_private_items: bool,
    /// `--verify-sources`: every file of every package that is used is read and verified.
    pub verify_sources: bool,
}

impl CompileOptions {
    /// `intent` with everything else at its default.
    pub fn new(intent: Intent) -> Self {
        Self {
            intent,
            packages: PackageSelection::Default,
            filter: CompileFilter::Default,
            features: FeatureFlags::default(),
            profile: None,
            targets: Vec::new(),
            jobs: None,
            keep_going: false,
            message_format: MessageFormat::Human,
            ignore_rust_version: false,
            document_private_items: false,
            verify_sources: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MessageFormat, MessageFormatError};

    fn parse(text: &str) -> Result<MessageFormat, MessageFormatError> {
        MessageFormat::parse(&text.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn json_variants_add_up_and_others_do_not() {
        assert_eq!(parse("short"), Ok(MessageFormat::Short));
        assert_eq!(
            parse("json,json-diagnostic-short,JSON-render-diagnostics"),
            Ok(MessageFormat::Json { render_diagnostics: true, short: true, ansi: false })
        );
        assert_eq!(parse("human,json"), Err(MessageFormatError::Conflict));
        assert_eq!(parse("json,short"), Err(MessageFormatError::Conflict));
        assert_eq!(parse("xml"), Err(MessageFormatError::Unknown("xml".into())));
    }
}
