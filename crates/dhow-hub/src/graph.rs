//! What the graph of dependencies says of each package: where it is needed, for what, and under which conditions.
//!
//! Pure. Packages are positions; whether a condition holds is asked of whoever knows the platforms.

use std::collections::BTreeSet;

use dhow_model::{DepKind, Platform};

/// Who depends on whom.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Of each package, whether it is a procedural macro.
    pub proc_macro: Vec<bool>,
    /// Where everything begins: the members of the workspace.
    pub roots: Vec<usize>,
    /// The dependencies that are asked for.
    pub edges: Vec<Edge>,
}

/// A dependency.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Who has it.
    pub from: usize,
    /// What it is on.
    pub to: usize,
    /// What for.
    pub kind: DepKind,
    /// On which platforms.
    pub condition: Option<Platform>,
    /// Whether a feature switched it on.
    pub optional: bool,
    /// Whether it asks for the default features.
    pub default_features: bool,
    /// The features that it asks for.
    pub features: Vec<String>,
}

/// Where a condition is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// On the machine that compiles.
    Host,
    /// On one of the wanted platforms, by its position.
    Wanted(usize),
}

/// What the graph says of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Whether anybody needs it, on any platform.
    pub reached: bool,
    /// Positions of the wanted platforms for which it is compiled, or that cannot be compiled for without it.
    pub on: Vec<usize>,
    /// Whether only procedural macros and build scripts need it.
    pub compile_time_only: bool,
    /// Whether only tests, examples and benchmarks need it.
    pub dev_only: bool,
    /// The conditions under which it is needed: on each way to it, the last one. None if some way has no condition.
    pub conditions: Vec<String>,
}

/// What is said of all packages, for so many wanted platforms.
pub fn needs(graph: &Graph, platforms: usize, holds: &dyn Fn(&Platform, On) -> bool) -> Vec<Need> {
    let walker = Walker::new(graph);
    let anywhere = walker.walk(&|_, _| true);
    let without_dev = walker.walk(&|edge, _| edge.kind != DepKind::Development);
    let everywhere = walker.walk(&|edge, _| edge.condition.is_none());
    let mut needs: Vec<Need> = (0..graph.proc_macro.len())
        .map(|package| Need {
            reached: anywhere.any(package),
            on: Vec::new(),
            compile_time_only: anywhere.host[package] && !anywhere.target[package],
            dev_only: anywhere.any(package) && !without_dev.any(package),
            conditions: Vec::new(),
        })
        .collect();
    for platform in 0..platforms {
        let reached = walker.walk(&|edge, role| match &edge.condition {
            None => true,
            Some(condition) if edge.kind == DepKind::Build || role == Role::Host => {
                holds(condition, On::Host)
            }
            Some(condition) => holds(condition, On::Wanted(platform)),
        });
        needs.iter_mut().enumerate().filter(|(package, _)| reached.any(*package)).for_each(|(_, need)| {
            need.on.push(platform);
        });
    }
    let conditions = walker.conditions(&everywhere);
    needs.iter_mut().zip(conditions).for_each(|(need, found)| need.conditions = found.into_iter().collect());
    needs
}

/// Whether something is part of the program, or runs while it is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Target,
    Host,
}

struct Reached {
    target: Vec<bool>,
    host: Vec<bool>,
}

impl Reached {
    fn any(&self, package: usize) -> bool {
        self.target[package] || self.host[package]
    }

    fn insert(&mut self, package: usize, role: Role) -> bool {
        let of_role = match role {
            Role::Target => &mut self.target,
            Role::Host => &mut self.host,
        };
        !std::mem::replace(&mut of_role[package], true)
    }
}

struct Walker<'a> {
    graph: &'a Graph,
    outgoing: Vec<Vec<&'a Edge>>,
}

impl<'a> Walker<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut outgoing = vec![Vec::new(); graph.proc_macro.len()];
        for edge in &graph.edges {
            outgoing[edge.from].push(edge);
        }
        Self { graph, outgoing }
    }

    fn role(&self, package: usize, role: Role) -> Role {
        if self.graph.proc_macro[package] { Role::Host } else { role }
    }

    /// What the roots reach by those edges that are followed.
    fn walk(&self, follows: &dyn Fn(&Edge, Role) -> bool) -> Reached {
        let count = self.graph.proc_macro.len();
        let mut reached = Reached { target: vec![false; count], host: vec![false; count] };
        let mut todo: Vec<(usize, Role)> =
            self.graph.roots.iter().map(|root| (*root, self.role(*root, Role::Target))).collect();
        todo.retain(|(root, role)| reached.insert(*root, *role));
        while let Some((package, role)) = todo.pop() {
            for edge in self.outgoing[package].iter().filter(|edge| follows(edge, role)) {
                let role = if edge.kind == DepKind::Build { Role::Host } else { role };
                let role = self.role(edge.to, role);
                if reached.insert(edge.to, role) {
                    todo.push((edge.to, role));
                }
            }
        }
        reached
    }

    /// The last conditions on the ways to each package that is not needed `everywhere`.
    fn conditions(&self, everywhere: &Reached) -> Vec<BTreeSet<String>> {
        let mut found = vec![BTreeSet::new(); self.graph.proc_macro.len()];
        let mut todo: Vec<usize> = (0..found.len()).filter(|p| everywhere.any(*p)).collect();
        while let Some(package) = todo.pop() {
            for edge in self.outgoing[package].iter().filter(|edge| !everywhere.any(edge.to)) {
                let new = match &edge.condition {
                    Some(condition) => BTreeSet::from([condition.to_string()]),
                    None => found[package].clone(),
                };
                let known = found[edge.to].len();
                found[edge.to].extend(new);
                if found[edge.to].len() > known {
                    todo.push(edge.to);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `0 > 1` a dependency, `0 b 1` one for the build, `0 d 1` one for development; behind it the condition.
    fn graph(proc_macros: &[usize], edges: &[&str]) -> Graph {
        let parse = |text: &&str| {
            let mut words = text.split(' ');
            let mut next = || words.next().expect("a word");
            let (from, kind, to) = (next().to_owned(), next(), next());
            Edge {
                from: from.parse().expect("a number"),
                to: to.parse().expect("a number"),
                kind: match kind {
                    "b" => DepKind::Build,
                    "d" => DepKind::Development,
                    _ => DepKind::Normal,
                },
                condition: words.next().map(|condition| condition.parse().expect("a condition")),
                optional: false,
                default_features: true,
                features: Vec::new(),
            }
        };
        let edges: Vec<Edge> = edges.iter().map(parse).collect();
        let count = edges.iter().map(|edge| edge.from.max(edge.to) + 1).max().unwrap_or(1);
        Graph { proc_macro: (0..count).map(|p| proc_macros.contains(&p)).collect(), roots: vec![0], edges }
    }

    /// The host is a unix; of the wanted platforms the first is one too, the second is windows.
    fn all(graph: &Graph) -> Vec<Need> {
        let holds = |condition: &Platform, on: On| match condition.to_string().as_str() {
            "cfg(unix)" => on != On::Wanted(1),
            "cfg(windows)" => on == On::Wanted(1),
            _ => false,
        };
        needs(graph, 2, &holds)
    }

    fn on(graph: &Graph) -> Vec<Vec<usize>> {
        all(graph).into_iter().map(|need| need.on).collect()
    }

    #[test]
    fn conditions_keep_packages_from_platforms() {
        let graph = graph(&[], &["0 > 1", "0 > 2 cfg(windows)", "2 > 3", "0 > 4 cfg(redox)"]);
        assert_eq!(on(&graph), [vec![0, 1], vec![0, 1], vec![1], vec![1], vec![]]);
        let conditions: Vec<_> = all(&graph).into_iter().map(|need| need.conditions.join(" ")).collect();
        assert_eq!(conditions, ["", "", "cfg(windows)", "cfg(windows)", "cfg(redox)"]);
    }

    #[test]
    fn the_last_condition_counts_unless_there_is_a_way_without() {
        let windows = ["0 > 1 cfg(windows)", "1 > 2 cfg(unix)", "2 > 3", "0 > 3 cfg(redox)", "3 > 2"];
        let needs = all(&graph(&[], &windows));
        assert_eq!(needs[2].conditions, ["cfg(redox)", "cfg(unix)"], "a ring does not go on forever");
        assert_eq!(needs[3].conditions, ["cfg(redox)", "cfg(unix)"]);
        let needs = all(&graph(&[], &["0 > 1 cfg(windows)", "1 > 2", "0 > 3", "3 > 2"]));
        assert!(needs[2].conditions.is_empty());
    }

    #[test]
    fn what_runs_while_compiling_is_asked_about_the_host() {
        // 1 is a macro; 2 is needed by it on unix, where the compiler runs, whatever is compiled for.
        let needs = all(&graph(&[1], &["0 > 1", "1 > 2 cfg(unix)", "0 b 3 cfg(unix)", "3 > 4", "0 > 4"]));
        assert_eq!(needs[2].on, [0, 1]);
        assert_eq!(needs[3].on, [0, 1]);
        let compile_time: Vec<_> = needs.iter().map(|need| need.compile_time_only).collect();
        assert_eq!(compile_time, [false, true, true, true, false]);
    }

    #[test]
    fn who_is_only_there_for_tests_is_told_apart() {
        let needs = all(&graph(&[], &["0 d 1", "1 > 2", "0 > 3", "3 > 2", "1 > 4"]));
        let dev: Vec<_> = needs.iter().map(|need| need.dev_only).collect();
        assert_eq!(dev, [false, true, false, false, true]);
    }

    #[test]
    fn what_nobody_needs_is_nowhere() {
        let needs = all(&graph(&[], &["1 > 2", "2 > 1"]));
        assert!(needs[0].reached);
        assert_eq!(needs[1], Need::default());
    }
}
