//! `search`: asks a registry's web API for packages.

use crate::error::Error;
use crate::event::Event;
use crate::registry_choice::{self, RegistryChoice};
use crate::session::Session;

/// No registry is asked for more.
pub const MAX_SEARCH_LIMIT: u32 = 100;

/// `search`
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// What is looked for: all words, with `+` between them.
    pub query: String,
    /// How many packages at most.
    pub limit: u32,
    /// Where.
    pub registry: Option<RegistryChoice>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The best of it: name, newest version, description.
    pub packages: Vec<(String, String, Option<String>)>,
    /// How many there are in all.
    pub total: u32,
    /// Where a person sees all of them, if that is known.
    pub web_page: Option<String>,
}

/// Looks for packages.
///
/// # Errors
/// The registry has no web API, or does not answer.
pub fn search(session: &Session<'_>, options: &SearchOptions) -> Result<Found, Error> {
    let events = |event| session.tell(Event::Fetch(event));
    let (registries, registry) = registry_choice::open(session, options.registry.clone())?;
    let limit = options.limit.min(MAX_SEARCH_LIMIT);
    let answer = registries.search(&registry, &options.query, limit, &events)?;
    let web_page = registry.source().is_crates_io().then(|| web_page(&options.query)).flatten();
    let packages = answer.crates.into_iter().map(|found| (found.name, found.max_version, found.description));
    Ok(Found { packages: packages.collect(), total: answer.meta.total, web_page })
}

fn web_page(query: &str) -> Option<String> {
    url::Url::parse_with_params("https://crates.io/search", &[("q", query)]).ok().map(String::from)
}
