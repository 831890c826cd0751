//! Asks the provider ahead of the search: follows the best candidate of everything that can be seen, so that all
//! that is likely to be needed is fetched side by side, and the search itself runs but once.

use std::task::Poll;

use super::candidates::Market;
use super::pool::{DepNo, Pkg, Wanted};
use super::requirements::Opts;
use crate::names::{FastMap, FastSet, Name};
use crate::provider::Provider;

/// Dependencies that wait for the same answer.
type Waiting = Vec<(DepNo, Wanted)>;

/// See the module. Keeps what it has seen from call to call.
#[derive(Default)]
pub(crate) struct Explorer {
    seen: FastSet<(Pkg, bool, Wanted)>,
    todo: Waiting,
    blocked: Vec<Waiting>,
    started: bool,
}

impl Explorer {
    /// Goes as far as the provider's answers reach. Whether nothing is missing.
    pub(crate) fn step(&mut self, market: &mut Market<'_>, provider: &mut dyn Provider) -> bool {
        if !self.started {
            self.started = true;
            self.members(market);
        }
        let mut blocked: FastMap<(Name, usize), usize> = FastMap::default();
        for waiting in std::mem::take(&mut self.blocked) {
            let Some((first, _)) = waiting.first() else { continue };
            match market.candidates(provider, *first) {
                Poll::Ready(_) => self.todo.extend(waiting),
                Poll::Pending => {
                    blocked.insert(key(market, *first), self.blocked.len());
                    self.blocked.push(waiting);
                }
            }
        }
        while let Some((dep, wanted)) = self.todo.pop() {
            let key = key(market, dep);
            if let Some(at) = blocked.get(&key) {
                self.blocked[*at].push((dep, wanted));
                continue;
            }
            match market.candidates(provider, dep) {
                Poll::Ready(Ok(candidates)) => {
                    if let Some(best) = candidates.first() {
                        let default_features = market.pool.dep(dep).default_features();
                        self.package(market, *best, default_features, wanted);
                    }
                }
                Poll::Ready(Err(_)) => {}
                Poll::Pending => {
                    blocked.insert(key, self.blocked.len());
                    self.blocked.push(vec![(dep, wanted)]);
                }
            }
        }
        self.blocked.is_empty()
    }

    fn members(&mut self, market: &mut Market<'_>) {
        for (number, member) in market.request.members.iter().enumerate() {
            let opts = Opts::Member { features: &member.features, dev_deps: member.dev_deps };
            if let Ok(requirements) = market.requirements(market.members[number], &opts) {
                self.todo.extend(requirements.deps);
            }
        }
    }

    /// Follows what a package needs.
    pub(crate) fn package(
        &mut self,
        market: &mut Market<'_>,
        pkg: Pkg,
        default_features: bool,
        wanted: Wanted,
    ) {
        if !self.seen.insert((pkg, default_features, wanted.clone())) {
            return;
        }
        let opts = Opts::Dep { wanted, default_features };
        if let Ok(requirements) = market.requirements(pkg, &opts) {
            self.todo.extend(requirements.deps);
        }
    }
}

fn key(market: &Market<'_>, dep: DepNo) -> (Name, usize) {
    let ask = &market.pool.asked(dep).ask;
    (Name(ask.dep.package_name()), ask.source.address())
}
