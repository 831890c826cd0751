//! The search for versions: Cargo's order, Cargo's choices.

use std::task::Poll;

use crate::error::ResolveError;
use crate::graph::Resolve;
use crate::provider::Provider;
use crate::request::ResolveRequest;

/// One resolution, which may need several calls of [`Self::run`] until the provider knows enough. What was learnt
/// is kept between them.
pub struct Resolver<'a> {
    request: ResolveRequest<'a>,
}

impl<'a> Resolver<'a> {
    /// A resolution that has asked for nothing yet.
    pub fn new(request: ResolveRequest<'a>) -> Self {
        Self { request }
    }

    /// Searches. `Pending`: the provider had no answer yet for some queries; everything that can be seen from here
    /// has been asked for, so let it fetch and call again (calling after each answer that comes in is cheap, and
    /// asks for more as early as possible).
    ///
    /// # Errors
    /// There is no solution, or a needed answer cannot be had.
    pub fn run(&mut self, provider: &mut dyn Provider) -> Poll<Result<Resolve, ResolveError>> {
        let _ = (&self.request.members, provider);
        Poll::Pending
    }
}
