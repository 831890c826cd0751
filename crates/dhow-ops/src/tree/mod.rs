//! `tree`: who depends on whom, as text.

mod command;
mod graph;
mod layers;
mod pattern;
mod render;

use std::collections::BTreeSet;

use dhow_model::{DepKind, PackageId};
use dhow_resolve::CliFeatures;

pub use command::{TreeOptions, tree};
use graph::{GraphInput, TreeKind};
pub use pattern::{Pattern, PatternError};
pub use render::{Charset, Depth, Prefix};

/// How the tree is shown.
struct TreeView<'a> {
    /// `--invert`, or `--duplicates`, which implies it.
    invert: bool,
    /// `--duplicates`
    duplicates: bool,
    /// The roots that are shown: members, or what `--invert` names.
    roots: &'a BTreeSet<PackageId>,
    /// `--prune`
    is_pruned: &'a dyn Fn(PackageId) -> bool,
    /// Members, for `--depth workspace`.
    is_member: &'a dyn Fn(PackageId) -> bool,
    /// `--format`
    format: &'a Pattern,
    /// `--prefix`
    prefix: Prefix,
    /// `--charset`
    charset: Charset,
    /// `--no-dedupe`
    no_dedupe: bool,
    /// `--depth`
    depth: Depth,
}

/// The tree as text; empty if nothing is left to show.
fn text(
    input: GraphInput<'_>,
    members: &[(PackageId, CliFeatures)],
    kinds: &[TreeKind],
    view: &TreeView<'_>,
) -> String {
    let mut graph = graph::build(input, members, kinds);
    let mut roots = graph.nodes_of(view.roots);
    if view.duplicates {
        roots = graph.duplicates(&roots);
    }
    if view.invert || view.duplicates {
        graph.invert();
    }
    let renderer = render::Renderer {
        graph: &graph,
        packages: input.packages,
        format: view.format,
        prefix: view.prefix,
        charset: view.charset,
        no_dedupe: view.no_dedupe,
        depth: view.depth,
        is_pruned: view.is_pruned,
        is_member: view.is_member,
    };
    renderer.render(&roots)
}

/// What `--edges` leaves: kinds of dependencies, and how features and macros are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edges {
    /// Kinds that are followed.
    pub kinds: BTreeSet<DepKind>,
    /// Features are nodes.
    pub features: bool,
    /// Procedural macros are left out.
    pub no_proc_macro: bool,
    /// Only public dependencies.
    pub only_public: bool,
}

/// What `--edges` cannot be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgesError {
    /// An unknown word.
    #[error(
        "`{0}` is not a kind of edge (there are `all`, `normal`, `build`, `dev`, `features`, `public`, `no-normal`, \
         `no-build`, `no-dev` and `no-proc-macro`)"
    )]
    Unknown(String),
    /// `normal,no-dev`
    #[error(
        "`{0}` takes something away from all edges, so it does not go with `{1}`, which names what to keep"
    )]
    Mixed(String, String),
}

impl Edges {
    /// From the values of `--edges`, split at commas; none means all dependencies.
    ///
    /// # Errors
    /// An unknown kind, or kinds to keep mixed with kinds to leave out.
    pub fn parse(values: &[String]) -> Result<Self, EdgesError> {
        let all = || BTreeSet::from([DepKind::Normal, DepKind::Development, DepKind::Build]);
        let mut edges =
            Self { kinds: BTreeSet::new(), features: false, no_proc_macro: false, only_public: false };
        let mut removed = BTreeSet::new();
        let (mut keeps, mut takes) = (None, None);
        for value in values {
            match value.as_str() {
                "all" => edges.kinds.extend(all()),
                "normal" => edges.kinds.extend([DepKind::Normal]),
                "build" => edges.kinds.extend([DepKind::Build]),
                "dev" => edges.kinds.extend([DepKind::Development]),
                "features" => {
                    edges.features = true;
                    continue;
                }
                "public" => {
                    edges.only_public = true;
                    continue;
                }
                "no-proc-macro" => {
                    edges.no_proc_macro = true;
                    continue;
                }
                "no-normal" => removed.extend([DepKind::Normal]),
                "no-build" => removed.extend([DepKind::Build]),
                "no-dev" => removed.extend([DepKind::Development]),
                other => return Err(EdgesError::Unknown(other.to_owned())),
            }
            edges.features |= value == "all";
            *if value.starts_with("no-") { &mut takes } else { &mut keeps } = Some(value.clone());
        }
        if let (Some(keep), Some(take)) = (keeps, takes) {
            return Err(EdgesError::Mixed(take, keep));
        }
        if edges.kinds.is_empty() {
            edges.kinds = all();
        }
        edges.kinds.retain(|kind| !removed.contains(kind));
        Ok(edges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Edges, EdgesError> {
        Edges::parse(&text.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn edges_add_up_or_take_away() {
        let only = |kinds: &[DepKind]| kinds.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(parse("normal,build").expect("edges").kinds, only(&[DepKind::Normal, DepKind::Build]));
        assert_eq!(parse("no-dev").expect("edges").kinds, only(&[DepKind::Normal, DepKind::Build]));
        let features = parse("features").expect("edges");
        assert!(features.features && features.kinds.len() == 3);
        assert_eq!(parse("normal,no-dev"), Err(EdgesError::Mixed("no-dev".into(), "normal".into())));
        assert_eq!(parse("x"), Err(EdgesError::Unknown("x".into())));
    }
}
