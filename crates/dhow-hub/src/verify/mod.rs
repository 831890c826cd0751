//! Whether a hub holds what it has to hold, as it was published, and nothing else.
//!
//! A [`Survey`] names what is missing and what is too much, by looking at directories alone, and says which parts have
//! to be looked at closely: each by itself, so that somebody else can do that on all processors.

mod index;
mod registry;
mod repositories;

use std::sync::Arc;

use dhow_fetch::{FetchError, GitProgram, Inspected, Part, Registries, Remedy};
use dhow_home::CargoHome;

pub use self::index::IndexPart;
use crate::contents::Contents;

/// A hub as it looks from outside.
#[derive(Debug, Default)]
pub struct Survey {
    /// What is missing, and what is too much.
    pub found: Inspected,
    /// What has to be looked at closely.
    pub parts: Vec<HubPart>,
}

/// A part of a hub that is looked at by itself.
#[derive(Clone, Debug)]
pub enum HubPart {
    /// One that every home has.
    Home(Part),
    /// The copies of index files of one registry.
    Index(IndexPart),
}

impl HubPart {
    /// Looks at it.
    ///
    /// # Errors
    /// Something cannot be read, or git not be run.
    pub fn inspect(&self, home: &CargoHome, git: &Arc<GitProgram>) -> Result<Inspected, FetchError> {
        match self {
            Self::Home(part) => part.inspect(home, git),
            Self::Index(index) => index.inspect(),
        }
    }

    /// How much work it is, to begin with what takes longest.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Home(part) => part.weight(),
            Self::Index(_) => u64::MAX - 1,
        }
    }
}

/// Looks at a hub from outside. `registries` are its own.
///
/// Sources and working trees that are all missing are none of its findings: they are what a project that commits its hub
/// leaves out, and are made of the archives when they are needed.
///
/// # Errors
/// A directory cannot be listed, or configuration is wrong about a source.
pub fn survey(registries: &Registries, contents: &Contents) -> Result<Survey, FetchError> {
    let mut survey = Survey::default();
    registry::survey(registries, contents, &mut survey)?;
    repositories::survey(registries, contents, &mut survey)?;
    for path in registries.home().all_leftovers()? {
        survey.found.add(path, "was left half-made by a process that was killed", Remedy::Remove);
    }
    Ok(survey)
}
