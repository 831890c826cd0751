//! What can be wrong with lints.

/// What is wrong with lints.
#[derive(Debug, thiserror::Error)]
pub enum LintProblem {
    /// A name with its tool in it.
    #[error("`lints.{tool}.\"{name}\"` is not the name of a lint{}", match better { Some(better) => format!("; write `lints.{better}`"), None => String::new() })]
    BadName {
        /// The table.
        tool: String,
        /// The key.
        name: String,
        /// Table and key that would be right.
        better: Option<String>,
    },
    /// `check-cfg` that is not a list of strings.
    #[error("`check-cfg` must be a list of strings")]
    CheckCfg,
}
