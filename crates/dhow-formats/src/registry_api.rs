//! The web API of a registry, as far as commands read it. Specified in the Cargo book, "Registry Web API".

use serde::Deserialize;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SearchAnswer {
    /// The best of it.
    pub crates: Vec<FoundCrate>,
    /// About all of it.
    pub meta: SearchMeta,
}

/// A package that was found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FoundCrate {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its newest version.
    pub max_version: String,
}

/// About a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct SearchMeta {
    /// How many packages were found in all.
    pub total: u32,
}

impl SearchAnswer {
    /// Reads the answer to a search.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// What a registry says went wrong, if `bytes` say that. Some answer so with status 200.
pub fn error_details(bytes: &[u8]) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Detail>,
    }
    #[derive(Deserialize)]
    struct Detail {
        detail: String,
    }
    let found: Errors = serde_json::from_slice(bytes).ok()?;
    Some(found.errors.into_iter().map(|error| error.detail).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let text = br#"{"crates":[{"name":"a","max_version":"1.0.0","more":0},{"name":"b","description":"x","max_version":"2.0.0"}],"meta":{"total":7}}"#;
        let answer = SearchAnswer::parse(text).expect("reads");
        assert_eq!((answer.crates.len(), answer.meta.total), (2, 7));
        assert_eq!(answer.crates[0].description, None);
        assert_eq!(error_details(text), None);
        assert_eq!(error_details(br#"{"errors":[{"detail":"no"}]}"#), Some(vec!["no".to_owned()]));
    }
}
