//! The search for versions as callers see it: run, fetch what is missing, run again.

use std::task::Poll;

use crate::error::ResolveError;
use crate::graph::Resolve;
use crate::provider::Provider;
use crate::request::ResolveRequest;
use crate::search::candidates::Market;
use crate::search::explain::explain;
use crate::search::explore::Explorer;
use crate::search::finish::finish;
use crate::search::solve::Search;

/// One resolution, which may need several calls of [`Self::run`] until the provider knows enough. What was learnt
/// is kept between them.
pub struct Resolver<'a> {
    request: ResolveRequest<'a>,
    market: Option<Market<'a>>,
    explorer: Explorer,
}

impl<'a> Resolver<'a> {
    /// A resolution that has asked for nothing yet.
    pub fn new(request: ResolveRequest<'a>) -> Self {
        Self { request, market: None, explorer: Explorer::default() }
    }

    /// Searches. `Pending`: the provider had no answer yet for some queries; everything that can be seen from here
    /// has been asked for, so let it fetch and call again (calling after each answer that comes in is cheap, and
    /// asks for more as early as possible).
    ///
    /// # Errors
    /// There is no solution, or a needed answer cannot be had.
    pub fn run(&mut self, provider: &mut dyn Provider) -> Poll<Result<Resolve, ResolveError>> {
        let market = match &mut self.market {
            Some(market) => market,
            none => match Market::new(self.request, provider) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(market) => none.insert(market),
            },
        };
        loop {
            if !self.explorer.step(market, provider) {
                return Poll::Pending;
            }
            let mut search = Search::new(market, provider);
            let result = search.run();
            if search.unusable {
                // Its release does not count any more, so the order of things may be another.
                market.forget_candidates();
                self.explorer = Explorer::default();
                continue;
            }
            let (pending, members_pending) = (std::mem::take(&mut search.pending), search.members_pending);
            if pending.is_empty() && !members_pending {
                return match result {
                    Ok(()) => Poll::Ready(finish(search.market, &search.state)),
                    Err(failure) => explain(&mut search, failure).map(Err),
                };
            }
            // What is missing lies where the search went another way than was expected.
            if members_pending {
                self.explorer = Explorer::default();
            }
            for (pkg, default_features, wanted) in pending {
                self.explorer.package(market, pkg, default_features, wanted);
            }
        }
    }
}
