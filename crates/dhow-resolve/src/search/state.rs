//! What is chosen so far, and what is still to be satisfied. Every change is put on a trail, so that the search can
//! go back to any earlier point without keeping copies.

use std::collections::BTreeSet;
use std::rc::Rc;

use dhow_model::InternedString;

use super::candidates::{Expansion, Need};
use super::pool::{DepNo, KeyNo, Pkg, number};
use crate::names::{FastMap, Name, NameSet};

/// Grows by one with each package that is tried: tells what was chosen before what.
pub(crate) type Age = u32;

/// A point to which the state can go back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    trail: usize,
    pub(crate) age: Age,
}

enum Undo {
    Active(KeyNo, Option<(Pkg, Age)>),
    Links(InternedString),
    Features(Pkg, Option<Rc<NameSet>>),
    Edge(Pkg),
    Pushed,
    Advanced(u32),
}

/// `parent` depends on `child` by `dep`.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) child: Pkg,
    pub(crate) parent: Pkg,
    pub(crate) dep: DepNo,
}

/// The dependencies of one activated package that are still to be satisfied.
struct Frame {
    parent: Pkg,
    expansion: Rc<Expansion>,
    next: usize,
    /// It is known to fail, and only followed to tell the user why.
    for_error: bool,
}

impl Frame {
    /// Order in the queue; frames without anything left are not in it.
    fn rank(&self, number: u32) -> Option<(bool, usize, u32)> {
        let need = self.expansion.deps.get(self.next)?;
        Some((!self.for_error, need.candidates.len(), number))
    }
}

/// See the module.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) age: Age,
    active: Vec<Option<(Pkg, Age)>>,
    links: FastMap<Name, (Pkg, Age)>,
    features: FastMap<Pkg, Rc<NameSet>>,
    pub(crate) edges: Vec<Edge>,
    edges_of: FastMap<Pkg, Vec<u32>>,
    frames: Vec<Frame>,
    queue: BTreeSet<(bool, usize, u32)>,
    trail: Vec<Undo>,
}

impl State {
    pub(crate) fn mark(&self) -> Mark {
        Mark { trail: self.trail.len(), age: self.age }
    }

    /// What holds `key`, and since when.
    pub(crate) fn holder(&self, key: KeyNo) -> Option<(Pkg, Age)> {
        self.active.get(key as usize).copied().flatten()
    }

    /// Since when `pkg`, whose key is `key`, is chosen.
    pub(crate) fn active_since(&self, pkg: Pkg, key: KeyNo) -> Option<Age> {
        self.holder(key).filter(|(holder, _)| *holder == pkg).map(|(_, age)| age)
    }

    /// Lets `pkg` hold `key`; what held it is returned.
    pub(crate) fn activate(&mut self, key: KeyNo, pkg: Pkg) -> Option<Pkg> {
        if self.active.len() <= key as usize {
            self.active.resize(key as usize + 1, None);
        }
        let before = self.active[key as usize].replace((pkg, self.age));
        self.trail.push(Undo::Active(key, before));
        before.map(|(holder, _)| holder)
    }

    /// Every package that holds something.
    pub(crate) fn active(&self) -> impl Iterator<Item = Pkg> + '_ {
        self.active.iter().flatten().map(|(pkg, _)| *pkg)
    }

    /// Who links the native library, and since when.
    pub(crate) fn linker(&self, library: InternedString) -> Option<(Pkg, Age)> {
        self.links.get(&Name(library)).copied()
    }

    /// Whether anybody links anything.
    pub(crate) fn has_links(&self) -> bool {
        !self.links.is_empty()
    }

    /// Lets `pkg` link the library, which nobody does.
    pub(crate) fn link(&mut self, library: InternedString, pkg: Pkg) {
        self.links.insert(Name(library), (pkg, self.age));
        self.trail.push(Undo::Links(library));
    }

    pub(crate) fn features(&self, pkg: Pkg) -> Option<&NameSet> {
        self.features.get(&pkg).map(Rc::as_ref)
    }

    pub(crate) fn add_features(&mut self, pkg: Pkg, names: &NameSet) {
        let before = self.features.get(&pkg);
        if names.iter().all(|name| before.is_some_and(|set| set.contains(name))) {
            return;
        }
        let mut set = before.map(|set| NameSet::clone(set)).unwrap_or_default();
        for name in names.iter() {
            set.insert(name);
        }
        let before = self.features.insert(pkg, Rc::new(set));
        self.trail.push(Undo::Features(pkg, before));
    }

    pub(crate) fn add_edge(&mut self, edge: Edge) {
        self.edges_of.entry(edge.child).or_default().push(number(self.edges.len()));
        self.edges.push(edge);
        self.trail.push(Undo::Edge(edge.child));
    }

    /// By whom and why `child` is depended on.
    pub(crate) fn edges_of(&self, child: Pkg) -> impl Iterator<Item = Edge> + '_ {
        self.edges_of.get(&child).into_iter().flatten().map(|at| self.edges[*at as usize])
    }

    /// Whether `from` was (by whatever path) asked for because of `to`.
    pub(crate) fn descends(&self, from: Pkg, to: Pkg) -> bool {
        let mut todo = vec![from];
        let mut seen = crate::names::FastSet::default();
        while let Some(at) = todo.pop() {
            for edge in self.edges_of(at) {
                if edge.parent == to {
                    return true;
                }
                if seen.insert(edge.parent) {
                    todo.push(edge.parent);
                }
            }
        }
        false
    }

    /// Adds what `parent` needs to the queue.
    pub(crate) fn push(&mut self, parent: Pkg, expansion: Rc<Expansion>, for_error: bool) {
        let frame = Frame { parent, expansion, next: 0, for_error };
        self.queue.extend(frame.rank(number(self.frames.len())));
        self.frames.push(frame);
        self.trail.push(Undo::Pushed);
    }

    /// The next dependency: of the package with the one that has the fewest candidates. With it its parent, and
    /// whether it is only followed for the sake of the message.
    pub(crate) fn pop(&mut self) -> Option<(bool, Pkg, Need)> {
        let (_, _, at) = self.queue.pop_first()?;
        let frame = &mut self.frames[at as usize];
        let need = frame.expansion.deps[frame.next].clone();
        frame.next += 1;
        let popped = (frame.for_error, frame.parent, need);
        self.queue.extend(self.frames[at as usize].rank(at));
        self.trail.push(Undo::Advanced(at));
        Some(popped)
    }

    /// Everything in the queue, in its order: parent and dependency.
    pub(crate) fn remaining(&self) -> impl Iterator<Item = (Pkg, DepNo)> + '_ {
        self.queue.iter().flat_map(|(_, _, at)| {
            let frame = &self.frames[*at as usize];
            frame.expansion.deps[frame.next..].iter().map(|need| (frame.parent, need.dep))
        })
    }

    /// Takes back everything since `mark`.
    pub(crate) fn undo_to(&mut self, mark: Mark) {
        while self.trail.len() > mark.trail {
            match self.trail.pop() {
                Some(Undo::Active(key, before)) => self.active[key as usize] = before,
                Some(Undo::Links(library)) => {
                    self.links.remove(&Name(library));
                }
                Some(Undo::Features(pkg, Some(before))) => {
                    self.features.insert(pkg, before);
                }
                Some(Undo::Features(pkg, None)) => {
                    self.features.remove(&pkg);
                }
                Some(Undo::Edge(child)) => {
                    self.edges.pop();
                    self.edges_of.entry(child).or_default().pop();
                }
                Some(Undo::Pushed) => {
                    if let Some(frame) = self.frames.pop()
                        && let Some(rank) = frame.rank(number(self.frames.len()))
                    {
                        self.queue.remove(&rank);
                    }
                }
                Some(Undo::Advanced(at)) => self.step_back(at),
                None => {}
            }
        }
        self.age = mark.age;
    }

    fn step_back(&mut self, at: u32) {
        let frame = &mut self.frames[at as usize];
        if let Some(rank) = frame.rank(at) {
            self.queue.remove(&rank);
        }
        frame.next -= 1;
        self.queue.extend(frame.rank(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_restores_everything() {
        let mut state = State::default();
        let mut names = NameSet::default();
        names.insert("a".into());
        let need = |dep, count| Need { dep, candidates: vec![0; count].into(), wanted: Default::default() };
        let expansion =
            Rc::new(Expansion { features: NameSet::default(), deps: vec![need(1, 1), need(2, 3)] });
        state.push(7, Rc::clone(&expansion), false);
        let mark = state.mark();
        assert_eq!(state.pop().map(|(_, parent, need)| (parent, need.dep)), Some((7, 1)));
        state.age += 1;
        state.activate(3, 9);
        state.link("z".into(), 9);
        state.add_features(9, &names);
        state.add_edge(Edge { child: 9, parent: 7, dep: 1 });
        state.push(9, expansion, false);
        assert!(state.descends(9, 7) && state.linker("z".into()).is_some());
        state.undo_to(mark);
        assert_eq!((state.age, state.holder(3), state.edges.len()), (0, None, 0));
        assert!(state.features(9).is_none() && !state.has_links());
        assert_eq!(state.remaining().collect::<Vec<_>>(), [(7, 1), (7, 2)]);
        assert!(state.pop().is_some() && state.pop().is_some() && state.pop().is_none());
    }

    #[test]
    fn the_fewest_candidates_come_first_and_ties_in_order() {
        let mut state = State::default();
        let expansion = |dep, count| {
            let need = Need { dep, candidates: vec![0; count].into(), wanted: Default::default() };
            Rc::new(Expansion { features: NameSet::default(), deps: vec![need] })
        };
        state.push(0, expansion(10, 2), false);
        state.push(1, expansion(11, 1), false);
        state.push(2, expansion(12, 2), false);
        state.push(3, expansion(13, 9), true);
        let order: Vec<_> = std::iter::from_fn(|| state.pop()).map(|(_, _, need)| need.dep).collect();
        assert_eq!(order, [13, 11, 10, 12]);
    }
}
