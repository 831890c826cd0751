//! Script runs that need what other scripts said: a script sees the metadata of the `links` packages that its own
//! package depends on.

use std::collections::{BTreeSet, HashMap};

use crate::error::PlanError;
use crate::grow::Grower;
use crate::nodes::{Edge, NodeId};
use crate::unit::CompileMode;

impl Grower<'_> {
    /// Adds the edges between script runs. The graph is complete otherwise.
    pub(crate) fn connect_script_runs(&mut self) -> Result<(), PlanError> {
        let mut dependents: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for id in 0..self.nodes.nodes.len() {
            for edge in self.nodes.edges(id) {
                if self.nodes.nodes[edge.to].mode == CompileMode::RunCustomBuild {
                    dependents.entry(edge.to).or_default().push(id);
                }
            }
        }
        let mut new_edges: Vec<(NodeId, Vec<Edge>)> = Vec::new();
        for (&run, parents) in &dependents {
            let mut found = BTreeSet::new();
            for &parent in parents {
                for sibling in self.nodes.edges(parent) {
                    if self.passes_metadata(run, parent, sibling)? {
                        found.extend(self.script_run_of(sibling.to));
                    }
                }
            }
            let edge = |to: NodeId| {
                let extern_crate_name = self.nodes.nodes[to].target.crate_name();
                Edge { to, extern_crate_name, dep_name: None, public: false }
            };
            if !found.is_empty() {
                new_edges.push((run, found.into_iter().map(edge).collect()));
            }
        }
        for (run, edges) in new_edges {
            self.nodes.edges[run].get_or_insert_default().extend(edges);
        }
        Ok(())
    }

    /// Whether `sibling`, which `parent` needs as it needs `run`, is a `links` library whose script speaks to `run`.
    fn passes_metadata(&self, run: NodeId, parent: NodeId, sibling: &Edge) -> Result<bool, PlanError> {
        let other = &self.nodes.nodes[sibling.to];
        Ok(other.package != self.nodes.nodes[run].package
            && other.target.is_linkable()
            && self.package(other.package)?.metadata().links.is_some()
            && !self.dev_edges.contains(&(parent, sibling.to)))
    }

    fn script_run_of(&self, id: NodeId) -> Option<NodeId> {
        let is_run = |edge: &&Edge| self.nodes.nodes[edge.to].mode == CompileMode::RunCustomBuild;
        self.nodes.edges(id).iter().find(is_run).map(|edge| edge.to)
    }
}
