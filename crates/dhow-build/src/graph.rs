//! What each unit waits for, and which of those that wait for nothing is started first.

use dhow_plan::{CompileMode, Unit, UnitGraph, UnitId};

/// What a unit needs of another before it can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Need {
    /// Its metadata: it may still be generating code (pipelining).
    Metadata,
    /// All of it.
    Complete,
    /// All of it and of everything below it: the linker will look at those too.
    Linkable,
}

/// The units of a plan as numbers, with what each waits for.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaitGraph {
    /// By unit.
    pub(crate) needs: Vec<Vec<(usize, Need)>>,
    /// Who waits for a unit, and for what, by unit.
    pub(crate) dependents: Vec<Vec<(usize, Need)>>,
    /// The more units wait for one, however far above, the earlier it starts.
    pub(crate) priority: Vec<usize>,
}

impl WaitGraph {
    /// From a unit graph.
    pub(crate) fn of(graph: &UnitGraph) -> Self {
        let needs = graph.ids().map(|id| {
            let need = |dep: UnitId| {
                if links(graph.unit(id)) {
                    Need::Linkable
                } else if graph.only_requires_rmeta(id, dep) {
                    Need::Metadata
                } else {
                    Need::Complete
                }
            };
            graph.deps(id).iter().map(|dep| (dep.unit.index(), need(dep.unit))).collect()
        });
        Self::new(needs.collect())
    }

    /// From needs by unit. Units may only need units of lower numbers.
    pub(crate) fn new(mut needs: Vec<Vec<(usize, Need)>>) -> Self {
        let mut dependents = vec![Vec::new(); needs.len()];
        for (unit, needs) in needs.iter_mut().enumerate() {
            needs.sort_by_key(|(dep, _)| *dep);
            needs.dedup_by_key(|(dep, _)| *dep);
            for (dep, need) in needs {
                debug_assert!(*dep < unit, "dependencies come before their dependents");
                dependents[*dep].push((unit, *need));
            }
        }
        let priority = count_above(&dependents);
        Self { needs, dependents, priority }
    }

    pub(crate) fn len(&self) -> usize {
        self.needs.len()
    }
}

/// The unit of a number.
pub(crate) fn unit_id(job: usize) -> UnitId {
    // Jobs are units by number, and units are numbered by 32 bits.
    UnitId(u32::try_from(job).unwrap_or(u32::MAX))
}

/// Runs the linker on what it is compiled against.
pub(crate) fn links(unit: &Unit) -> bool {
    match unit.mode {
        CompileMode::Test => true,
        CompileMode::Build => unit.target.crate_types().iter().any(|kind| kind.requires_upstream_objects()),
        _ => false,
    }
}

/// How many units are above each, counted once: one bit a unit, from the top down.
fn count_above(dependents: &[Vec<(usize, Need)>]) -> Vec<usize> {
    let words = dependents.len().div_ceil(64);
    let mut above = vec![0u64; words * dependents.len()];
    for unit in (0..dependents.len()).rev() {
        for (dependent, _) in &dependents[unit] {
            let (low, high) = above.split_at_mut(dependent * words);
            let own = &mut low[unit * words..(unit + 1) * words];
            for (own, theirs) in own.iter_mut().zip(&high[..words]) {
                *own |= theirs;
            }
            own[dependent / 64] |= 1 << (dependent % 64);
        }
    }
    above.chunks(words.max(1)).map(|bits| bits.iter().map(|word| word.count_ones() as usize).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_counts_everything_above_once() {
        // 0 is below 1 and 2, both are below 3; 4 stands alone.
        let needs = vec![
            vec![],
            vec![(0, Need::Metadata)],
            vec![(0, Need::Complete)],
            vec![(1, Need::Linkable), (2, Need::Linkable)],
            vec![],
        ];
        let graph = WaitGraph::new(needs);
        assert_eq!(graph.priority, [3, 1, 1, 0, 0]);
        assert_eq!(graph.dependents[0], [(1, Need::Metadata), (2, Need::Complete)]);
        assert!(WaitGraph::new(Vec::new()).priority.is_empty());
    }
}
