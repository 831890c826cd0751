//! Who answers for a source: the result of `[source]` and `[registries]`, which somebody else has worked out.

use std::collections::HashMap;

use dhow_model::{CRATES_IO_REGISTRY, CRATES_IO_SPARSE_INDEX, SourceId};

use crate::error::FetchError;

/// Who answers for sources that configuration names; all others answer for themselves.
#[derive(Clone, Debug, Default)]
pub struct Sources(HashMap<SourceId, Result<Answerer, String>>);

/// Who answers for a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answerer {
    /// The source that is really asked.
    pub source: SourceId,
    /// Its name in configuration, if it has one.
    pub name: Option<String>,
    /// The token to show it, if it wants one.
    pub token: Option<String>,
}

impl Sources {
    /// For `source`, this one answers; or configuration is wrong about it, which counts only if it is asked for.
    pub fn insert(&mut self, source: SourceId, answerer: Result<Answerer, String>) {
        self.0.insert(source, answerer);
    }

    /// Who answers for `source`. crates.io does so by its sparse index.
    ///
    /// # Errors
    /// Configuration is wrong about it.
    pub(crate) fn resolve(&self, source: SourceId) -> Result<Answerer, FetchError> {
        // Configuration knows repositories, not commits of them.
        let (source, commit) = (source.with_precise(None), source.precise());
        let mut found = match self.0.get(&source) {
            Some(Ok(answerer)) => answerer.clone(),
            Some(Err(reason)) => return Err(FetchError::BadSource(reason.clone())),
            None => Answerer { source, name: None, token: None },
        };
        if found.source.is_crates_io() {
            found.name.get_or_insert_with(|| CRATES_IO_REGISTRY.to_owned());
            found.source = SourceId::for_registry(CRATES_IO_SPARSE_INDEX)
                .map_err(|error| FetchError::BadSource(error.to_string()))?;
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
        sources.insert(SourceId::crates_io(), Ok(Answerer { source: other, name: None, token: None }));
        assert_eq!(sources.resolve(SourceId::crates_io()).expect("resolves").source, other);
        let git = SourceId::parse("git+https://example.com/r?branch=b#0123").expect("a source");
        assert_eq!(sources.resolve(git).expect("resolves").source, git);
        sources.insert(git.with_precise(None), Ok(Answerer { source: other, name: None, token: None }));
        assert_eq!(sources.resolve(git).expect("resolves").source, other);
        sources.insert(other, Err("runs in a circle".to_owned()));
        assert!(matches!(sources.resolve(other), Err(FetchError::BadSource(_))));
    }
}
