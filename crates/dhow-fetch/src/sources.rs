//! Who answers for a source: the result of `[source]` and `[registries]`, which somebody else has worked out.

use std::collections::HashMap;

use dhow_model::{CRATES_IO_REGISTRY, CRATES_IO_SPARSE_INDEX, SourceId};

use crate::auth::CredentialSettings;
use crate::error::FetchError;

/// Who answers for sources that configuration names; all others answer for themselves.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    named: HashMap<SourceId, Result<Answerer, String>>,
    unnamed: CredentialSettings,
    crates_io_by_git: bool,
}

/// Who answers for a source.
#[derive(Clone, Debug)]
pub struct Answerer {
    /// The source that is really asked.
    pub source: SourceId,
    /// Its name in configuration, if it has one.
    pub name: Option<String>,
    /// How its token is come by, if it wants one; or why that is not known, which counts only if it does.
    pub credentials: Result<CredentialSettings, String>,
}

impl Sources {
    /// With nothing named. `unnamed` says who is asked for tokens of registries without a name.
    pub fn new(unnamed: CredentialSettings) -> Self {
        Self { unnamed, ..Self::default() }
    }

    /// For `source`, this one answers; or configuration is wrong about it, which counts only if it is asked for.
    pub fn insert(&mut self, source: SourceId, answerer: Result<Answerer, String>) {
        self.named.insert(source, answerer);
    }

    /// crates.io answers by its git index, not by its sparse one.
    pub fn use_crates_io_git_index(&mut self) {
        self.crates_io_by_git = true;
    }

    /// The source that answers for `source`.
    ///
    /// # Errors
    /// Configuration is wrong about it.
    pub fn actual(&self, source: SourceId) -> Result<SourceId, FetchError> {
        Ok(self.resolve(source)?.source)
    }

    /// Who answers for `source`. crates.io does so by its sparse index unless told otherwise.
    ///
    /// # Errors
    /// Configuration is wrong about it.
    pub(crate) fn resolve(&self, source: SourceId) -> Result<Answerer, FetchError> {
        // Configuration knows repositories, not commits of them.
        let (source, commit) = (source.with_precise(None), source.precise());
        let mut found = match self.named.get(&source) {
            Some(Ok(answerer)) => answerer.clone(),
            Some(Err(reason)) => return Err(FetchError::BadSource(reason.clone())),
            None => {
                let index_url = source.url().to_string();
                let credentials = CredentialSettings { index_url, ..self.unnamed.clone() };
                Answerer { source, name: None, credentials: Ok(credentials) }
            }
        };
        if found.source.is_crates_io() {
            found.name.get_or_insert_with(|| CRATES_IO_REGISTRY.to_owned());
            if !self.crates_io_by_git {
                found.source = SourceId::for_registry(CRATES_IO_SPARSE_INDEX)
                    .map_err(|error| FetchError::BadSource(error.to_string()))?;
            }
        }
        if found.source.is_git() {
            found.source = found.source.with_precise(commit);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_answers_for_itself() {
        let other = SourceId::for_registry("sparse+https://example.com/").expect("a source");
        let mut sources = Sources::default();
        assert_eq!(sources.resolve(other).expect("resolves").source, other);
        let crates_io = sources.resolve(SourceId::crates_io()).expect("resolves");
        assert_eq!(crates_io.source.url().as_str(), CRATES_IO_SPARSE_INDEX);
        let mut by_git = sources.clone();
        by_git.use_crates_io_git_index();
        let crates_io = by_git.resolve(SourceId::crates_io()).expect("resolves");
        assert_eq!((crates_io.source, crates_io.name.as_deref()), (SourceId::crates_io(), Some("crates-io")));
        sources.insert(
            SourceId::crates_io(),
            Ok(Answerer { source: other, name: None, credentials: Err(String::new()) }),
        );
        assert_eq!(sources.resolve(SourceId::crates_io()).expect("resolves").source, other);
        let git = SourceId::parse("git+https://example.com/r?branch=b#0123").expect("a source");
        assert_eq!(sources.resolve(git).expect("resolves").source, git);
        sources.insert(
            git.with_precise(None),
            Ok(Answerer { source: other, name: None, credentials: Err(String::new()) }),
        );
        assert_eq!(sources.resolve(git).expect("resolves").source, other);
        sources.insert(other, Err("runs in a circle".to_owned()));
        assert!(matches!(sources.resolve(other), Err(FetchError::BadSource(_))));
    }
}
