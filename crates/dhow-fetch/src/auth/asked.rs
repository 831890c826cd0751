//! What every provider gets to know, and how it can end without having done it.

use std::fmt::Display;

use dhow_formats::credential_protocol::Action;
use dhow_home::CargoHome;

use super::{Ask, Children, CredentialSettings};

/// What providers are asked, and what they are asked with.
pub(super) struct Asked<'a> {
    pub(super) settings: &'a CredentialSettings,
    pub(super) children: &'a Children,
    pub(super) home: &'a CargoHome,
    pub(super) action: &'a Action,
    pub(super) headers: &'a [String],
    pub(super) ask: Option<Ask<'a>>,
}

/// How a provider did not do it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Another one may.
    UrlNotSupported,
    /// It has no token; another one may.
    NotFound,
    /// And no other is asked.
    Failed(String),
}

pub(super) fn failed(reason: impl Display) -> Outcome {
    Outcome::Failed(reason.to_string())
}
