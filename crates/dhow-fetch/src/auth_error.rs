//! What can go wrong with tokens. No message holds one.

/// Why there is no token, or why it does not help.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// Nobody has one.
    #[error("the registry `{registry}` wants a token, and there is none\nhelp: {help}")]
    Missing {
        /// The registry.
        registry: String,
        /// What to try.
        help: String,
        /// Where to get one.
        login_url: Option<String>,
    },
    /// The registry does not know it.
    #[error("the registry `{registry}` does not accept the token (status 401 for `{url}`)\nhelp: {help}")]
    Rejected {
        /// The registry.
        registry: String,
        /// What was asked for.
        url: String,
        /// What to try.
        help: String,
        /// Where to get another one.
        login_url: Option<String>,
    },
    /// It is not to be written into plain files without having been asked for.
    #[error(
        "the registry `{registry}` wants a token for every request, and no credential provider is named\nhelp: to keep tokens in `credentials.toml`, set `registry.global-credential-providers = [\"cargo:token\"]` in the configuration"
    )]
    NoProvider {
        /// The registry.
        registry: String,
    },
    /// A provider failed.
    #[error("the credential provider `{provider}` could not do `{action}`: {reason}")]
    Provider {
        /// Its command line.
        provider: String,
        /// What it was asked to do.
        action: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// All providers were asked.
    #[error(
        "no credential provider is there for the registry `{registry}`\nhelp: see `registry.global-credential-providers`"
    )]
    NobodyCould {
        /// The registry.
        registry: String,
    },
    /// A provider answered another question.
    #[error(
        "the credential provider of the registry `{registry}` did not answer what it was asked (`{action}`)"
    )]
    Unexpected {
        /// The registry.
        registry: String,
        /// What it was asked to do.
        action: &'static str,
    },
    /// It cannot be sent.
    #[error("the token has characters that cannot be sent in a header: only printable ASCII can")]
    BadToken,
    /// Configuration is wrong about this registry.
    #[error("{0}")]
    Configuration(String),
    /// A provider says so; becomes another error, or none.
    #[error("there is no token")]
    NotFound,
}
