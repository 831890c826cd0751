//! A library as a tree of modules, read file by file as they are asked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::attributes::Conditions;
use super::scan::{Body, Item, Module, scan};

/// So many files are read of one library: some are generated, and huge.
const MAX_FILES: usize = 64;
/// So many steps are followed from a re-export to what it means.
const MAX_STEPS: usize = 4;

/// Reads a file; nothing if it is not there.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path) -> Option<String>;

pub(super) struct Library<'a> {
    read: ReadFile<'a>,
    conditions: &'a Conditions<'a>,
    root: PathBuf,
    files: HashMap<PathBuf, Option<Rc<Module>>>,
}

/// An item that can be reached from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: &'static str,
    pub(super) name: String,
}

/// A module and where it is: its path in the library, and the directory of the modules in it.
#[derive(Clone)]
struct Place {
    path: Vec<String>,
    directory: PathBuf,
    /// The file, and the way to the module in it.
    file: Rc<Module>,
    inside: Vec<String>,
}

impl Place {
    fn module(&self) -> Option<&Module> {
        let mut module = &*self.file;
        for name in &self.inside {
            match &module.modules.get(name)?.body {
                Body::Inline(inner) => module = inner,
                Body::File(_) => return None,
            }
        }
        Some(module)
    }
}

impl<'a> Library<'a> {
    pub(super) fn new(root: &Path, conditions: &'a Conditions<'a>, read: ReadFile<'a>) -> Self {
        Self { read, conditions, root: root.to_owned(), files: HashMap::new() }
    }

    /// What can be reached from the root, in order.
    pub(super) fn items(&mut self) -> Vec<Found> {
        let Some(root) = self.root_place() else { return Vec::new() };
        let mut found = Vec::new();
        self.collect(&root, MAX_STEPS, &mut found);
        self.exported_macros(&root, 2, &mut found);
        let mut seen = std::collections::HashSet::new();
        found.retain(|item: &Found| {
            !item.name.starts_with('_') && seen.insert((item.kind, item.name.clone()))
        });
        // Where it is known what a name means, nothing else is said of it.
        let known: std::collections::HashSet<String> =
            found.iter().filter(|item| item.kind != "item").map(|item| item.name.clone()).collect();
        found.retain(|item| item.kind != "item" || !known.contains(&item.name));
        found
    }

    /// What the library says of itself.
    pub(super) fn docs(&mut self) -> String {
        let Some(root) = self.root_place() else { return String::new() };
        let mut docs = root.file.docs.clone();
        for path in &root.file.docs_in {
            docs.push_str(&(self.read)(&root.directory.join(path)).unwrap_or_default());
        }
        docs
    }

    fn root_place(&mut self) -> Option<Place> {
        let root = self.root.clone();
        let directory = root.parent()?.to_owned();
        Some(Place { path: Vec::new(), directory, file: self.file(&root)?, inside: Vec::new() })
    }

    fn file(&mut self, path: &Path) -> Option<Rc<Module>> {
        if let Some(known) = self.files.get(path) {
            return known.clone();
        }
        let is_within = self.files.len() < MAX_FILES;
        let read = || (self.read)(path).map(|text| Rc::new(scan(&text, self.conditions)));
        let module = if is_within { read() } else { None };
        self.files.insert(path.to_owned(), module.clone());
        module
    }

    fn child(&mut self, of: &Place, name: &str) -> Option<Place> {
        let mut path = of.path.clone();
        path.push(name.to_owned());
        let directory = of.directory.join(name);
        match &of.module()?.modules.get(name)?.body {
            Body::Inline(_) => {
                let mut inside = of.inside.clone();
                inside.push(name.to_owned());
                Some(Place { path, directory, file: Rc::clone(&of.file), inside })
            }
            Body::File(Some(written)) => {
                let file = of.directory.join(written);
                let directory = file.parent()?.to_owned();
                Some(Place { path, directory, file: self.file(&file)?, inside: Vec::new() })
            }
            Body::File(None) => {
                let beside = of.directory.join(format!("{name}.rs"));
                let file = self.file(&beside).or_else(|| self.file(&directory.join("mod.rs")))?;
                Some(Place { path, directory, file, inside: Vec::new() })
            }
        }
    }

    /// The module at a path from the root.
    fn at(&mut self, path: &[String]) -> Option<Place> {
        let mut place = self.root_place()?;
        for name in path {
            place = self.child(&place, name)?;
        }
        Some(place)
    }

    /// The items of a module, those of its globs too.
    fn collect(&mut self, place: &Place, steps: usize, found: &mut Vec<Found>) {
        let Some(module) = place.module() else { return };
        for item in &module.items {
            match item {
                Item::Defined { kind, name } => found.push(Found { kind, name: name.clone() }),
                Item::Use { path, name } => {
                    let kind = self.kind(place, path, steps).unwrap_or("item");
                    found.push(Found { kind, name: name.clone() });
                }
                Item::Glob { path } if steps > 0 => {
                    let inside = absolute(place, path).and_then(|path| self.at(&path));
                    if let Some(inside) = inside {
                        self.collect(&inside, steps - 1, found);
                    }
                }
                Item::Glob { .. } => {}
            }
        }
    }

    /// What `path`, used in a module, means.
    fn kind(&mut self, place: &Place, path: &[String], steps: usize) -> Option<&'static str> {
        let path = absolute(place, path)?;
        let (name, modules) = path.split_last()?;
        let inside = self.at(modules)?;
        self.kind_in(&inside, name, steps)
    }

    fn kind_in(&mut self, place: &Place, wanted: &str, steps: usize) -> Option<&'static str> {
        let module = place.module()?;
        for item in &module.items {
            match item {
                Item::Defined { kind, name } if name == wanted => return Some(kind),
                Item::Use { path, name } if name == wanted && steps > 0 => {
                    return self.kind(place, path, steps - 1);
                }
                Item::Glob { path } if steps > 0 => {
                    let inside = absolute(place, path).and_then(|path| self.at(&path));
                    if let Some(kind) = inside.and_then(|inside| self.kind_in(&inside, wanted, steps - 1)) {
                        return Some(kind);
                    }
                }
                _ => {}
            }
        }
        module.modules.contains_key(wanted).then_some("module")
    }

    /// `#[macro_export]` puts a macro at the root, wherever it is. Looked for where macros usually are.
    fn exported_macros(&mut self, place: &Place, steps: usize, found: &mut Vec<Found>) {
        let Some(module) = place.module() else { return };
        let with_macros = module.modules.iter().filter(|(_, child)| child.has_macros);
        let names: Vec<String> = with_macros.map(|(name, _)| name.clone()).collect();
        for name in names {
            let Some(inside) = self.child(place, &name) else { continue };
            let items = inside.module().map(|module| module.items.clone()).unwrap_or_default();
            let macros = items.into_iter().filter_map(|item| match item {
                Item::Defined { kind: "macro", name } => Some(Found { kind: "macro", name }),
                _ => None,
            });
            found.extend(macros);
            if steps > 0 {
                self.exported_macros(&inside, steps - 1, found);
            }
        }
    }
}

/// A path in a `use`, from the root; nothing if it leads into another library.
fn absolute(place: &Place, path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Vec::new(),
        "self" => place.path.clone(),
        "super" => {
            let mut rest = rest;
            let mut base = place.path.clone();
            base.pop()?;
            while let Some((next, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
                debug_assert_eq!(next, "super");
                base.pop()?;
                rest = after;
            }
            base.extend_from_slice(rest);
            return Some(base);
        }
        _ => {
            let module = place.module()?;
            let is_own = module.modules.contains_key(first);
            return is_own.then(|| place.path.iter().chain(path).cloned().collect());
        }
    };
    base.extend_from_slice(rest);
    Some(base)
}
