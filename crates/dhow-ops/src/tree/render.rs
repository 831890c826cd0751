//! The graph as text: lines, branches, and `(*)` where something was shown before.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use dhow_model::{DepKind, PackageId};
use dhow_workspace::Package;

use super::graph::{EdgeKind, Graph, Node, NodeId};
use super::pattern::{Chunk, Pattern};

/// What stands in front of each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// Nothing.
    None,
    /// The depth as a number.
    Depth,
    /// Branches.
    Indent,
}

/// How deep the tree goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// This many levels below the root.
    Levels(usize),
    /// Only members of the workspace.
    Workspace,
}

/// The characters that branches are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// `├──`
    Utf8,
    /// `|--`
    Ascii,
}

struct Symbols {
    down: &'static str,
    tee: &'static str,
    ell: &'static str,
    right: &'static str,
}

const UTF8: Symbols = Symbols { down: "│", tee: "├", ell: "└", right: "─" };
const ASCII: Symbols = Symbols { down: "|", tee: "|", ell: "`", right: "-" };

pub(super) struct Renderer<'a> {
    pub(super) graph: &'a Graph,
    pub(super) packages: &'a BTreeMap<PackageId, Package>,
    pub(super) format: &'a Pattern,
    pub(super) prefix: Prefix,
    pub(super) charset: Charset,
    pub(super) no_dedupe: bool,
    pub(super) depth: Depth,
    /// Packages that are not shown, nor what is below them.
    pub(super) is_pruned: &'a dyn Fn(PackageId) -> bool,
    pub(super) is_member: &'a dyn Fn(PackageId) -> bool,
}

#[derive(Default)]
struct State {
    out: String,
    shown: HashSet<NodeId>,
    /// The nodes above, to see cycles.
    above: Vec<NodeId>,
    /// For each level, whether its branch goes on below.
    continues: Vec<bool>,
}

impl Renderer<'_> {
    /// The trees below `roots`, an empty line between two.
    pub(super) fn render(&self, roots: &[NodeId]) -> String {
        let mut state = State::default();
        for (i, root) in roots.iter().enumerate() {
            if i > 0 {
                state.out.push('\n');
            }
            self.node(&mut state, *root);
        }
        state.out
    }

    fn node(&self, state: &mut State, node: NodeId) {
        let new = state.shown.insert(node) || self.no_dedupe;
        self.write_prefix(state);
        let in_cycle = state.above.contains(&node);
        let shown_before = !new || in_cycle;
        let star = if shown_before && self.graph.has_edges(node) { " (*)" } else { "" };
        let line = self.line(node);
        state.out.push_str(&line);
        state.out.push_str(star);
        state.out.push('\n');
        if shown_before {
            return;
        }
        state.above.push(node);
        for kind in [
            EdgeKind::Dep(DepKind::Normal),
            EdgeKind::Dep(DepKind::Build),
            EdgeKind::Dep(DepKind::Development),
            EdgeKind::Feature,
        ] {
            self.children(state, node, kind);
        }
        state.above.pop();
    }

    fn write_prefix(&self, state: &mut State) {
        let symbols = self.symbols();
        match self.prefix {
            Prefix::None => {}
            Prefix::Depth => {
                let _ = write!(state.out, "{}", state.continues.len());
            }
            Prefix::Indent => {
                if let Some((last, rest)) = state.continues.split_last() {
                    for goes_on in rest {
                        state.out.push_str(if *goes_on { symbols.down } else { " " });
                        state.out.push_str("   ");
                    }
                    state.out.push_str(if *last { symbols.tee } else { symbols.ell });
                    state.out.push_str(&symbols.right.repeat(2));
                    state.out.push(' ');
                }
            }
        }
    }

    fn children(&self, state: &mut State, node: NodeId, kind: EdgeKind) {
        let children = self.graph.connected(node, kind);
        if children.is_empty() {
            return;
        }
        let heading = match kind {
            EdgeKind::Dep(DepKind::Build) => Some("[build-dependencies]"),
            EdgeKind::Dep(DepKind::Development) => Some("[dev-dependencies]"),
            EdgeKind::Dep(DepKind::Normal) | EdgeKind::Feature => None,
        };
        if let (Prefix::Indent, Some(heading)) = (self.prefix, heading) {
            for goes_on in &state.continues {
                state.out.push_str(if *goes_on { self.symbols().down } else { " " });
                state.out.push_str("   ");
            }
            state.out.push_str(heading);
            state.out.push('\n');
        }
        if let Depth::Levels(levels) = self.depth
            && state.continues.len() + 1 > levels
        {
            return;
        }
        let shown: Vec<_> = children.into_iter().filter(|child| self.is_shown(*child)).collect();
        for (i, child) in shown.iter().enumerate() {
            state.continues.push(i + 1 < shown.len());
            self.node(state, *child);
            state.continues.pop();
        }
    }

    fn is_shown(&self, node: NodeId) -> bool {
        match self.graph.node(node) {
            Node::Package { id, .. } => {
                !(self.is_pruned)(*id) && (self.depth != Depth::Workspace || (self.is_member)(*id))
            }
            Node::Feature { .. } => true,
        }
    }

    fn symbols(&self) -> &'static Symbols {
        match self.charset {
            Charset::Utf8 => &UTF8,
            Charset::Ascii => &ASCII,
        }
    }

    fn line(&self, node: NodeId) -> String {
        match self.graph.node(node) {
            Node::Package { id, features, .. } => line_of(self.format, *id, features, self.packages.get(id)),
            Node::Feature { of, name } => {
                let Node::Package { id, .. } = self.graph.node(*of) else { return String::new() };
                let mark = if self.graph.is_from_command_line(node) { " (command-line)" } else { "" };
                format!("{} feature \"{name}\"{mark}", id.name())
            }
        }
    }
}

/// What the format makes of a package.
pub(super) fn line_of(
    format: &Pattern,
    id: PackageId,
    features: &[dhow_model::InternedString],
    package: Option<&Package>,
) -> String {
    format.chunks().iter().map(|chunk| chunk_text(chunk, id, features, package)).collect()
}

fn chunk_text(
    chunk: &Chunk,
    id: PackageId,
    features: &[dhow_model::InternedString],
    package: Option<&Package>,
) -> String {
    let metadata = package.map(Package::metadata);
    match chunk {
        Chunk::Raw(text) => text.clone(),
        Chunk::Package => {
            let macro_mark = if package.is_some_and(Package::is_proc_macro) { " (proc-macro)" } else { "" };
            let source = id.source();
            let from = if source.is_crates_io() { String::new() } else { format!(" ({source})") };
            format!("{} v{}{macro_mark}{from}", id.name(), id.version())
        }
        Chunk::License => metadata.and_then(|m| m.license.clone()).unwrap_or_default(),
        Chunk::Repository => metadata.and_then(|m| m.repository.clone()).unwrap_or_default(),
        Chunk::Features => features.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(","),
        Chunk::LibName => {
            package.and_then(Package::library).map(|lib| lib.crate_name().to_string()).unwrap_or_default()
        }
    }
}
