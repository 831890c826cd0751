//! What is known and what is on its way.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use dhow_formats::registry_config::RegistryConfig;
use dhow_model::InternedString;

use super::{Freshness, Loaded};
use crate::error::FetchError;
use crate::event::Event;
use crate::index::file::IndexFile;
use crate::index::speculate::Want;

#[derive(Debug)]
pub(super) enum Slot {
    /// On its way.
    Pending,
    /// There, or known not to exist, or failed.
    Ready(Loaded),
}

/// What is to be written into the home.
#[derive(Debug)]
pub(super) enum Keep {
    File(Arc<IndexFile>),
    Config(Vec<u8>),
    /// The package is gone: so is its file.
    Nothing,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) slots: HashMap<InternedString, Slot>,
    /// All that was ever guessed, so that it is followed once.
    pub(super) wants: HashSet<Want>,
    /// Guesses that wait for their package's file.
    pub(super) waiting: HashMap<InternedString, Vec<Want>>,
    pub(super) freshness: Freshness,
    /// Answered without asking the server; forgotten when that is no longer good enough.
    pub(super) unchecked: HashSet<InternedString>,
    pub(super) unkept: HashMap<PathBuf, Keep>,
    pub(super) events: Vec<Event>,
    pub(super) config: Option<Result<Arc<RegistryConfig>, FetchError>>,
    pub(super) announced: bool,
    pub(super) asked: usize,
    pub(super) done: usize,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            slots: HashMap::new(),
            wants: HashSet::new(),
            waiting: HashMap::new(),
            freshness: Freshness::Revalidated,
            unchecked: HashSet::new(),
            unkept: HashMap::new(),
            events: Vec::new(),
            config: None,
            announced: false,
            asked: 0,
            done: 0,
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.asked - self.done
    }

    pub(super) fn set_freshness(&mut self, freshness: Freshness) {
        if self.freshness == Freshness::Cached && freshness == Freshness::Revalidated {
            for name in self.unchecked.drain() {
                self.slots.remove(&name);
            }
            self.wants.clear();
        }
        self.freshness = freshness;
    }
}
