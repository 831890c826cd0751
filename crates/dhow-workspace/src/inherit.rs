//! `workspace = true`: what a member takes from the root of its workspace. Specified in the Cargo book, "Workspaces".

use std::borrow::Cow;
use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use dhow_formats::manifest::{
    InheritableDependency, InheritableField, InheritableLints, InheritablePackage, StringOrBool,
    TomlDependency, TomlDetailedDependency, TomlInheritedDependency, TomlLints, TomlWorkspace,
};
use dhow_formats::manifest_edit::relative_path;

use crate::discover;
use crate::edition::Edition;
use crate::error::Flaw;
use crate::notes::Notes;
use crate::problem::{InheritProblem, Problem};
use crate::read::ManifestFile;

/// The root that a manifest inherits from, looked for when the first field asks.
pub(crate) struct Inherit<'a> {
    find: &'a dyn Fn() -> Result<Option<Arc<ManifestFile>>, Flaw>,
    found: OnceCell<Option<Arc<ManifestFile>>>,
    /// The directory of the manifest that inherits.
    package_root: &'a Path,
}

impl<'a> Inherit<'a> {
    pub(crate) fn new(
        package_root: &'a Path,
        find: &'a dyn Fn() -> Result<Option<Arc<ManifestFile>>, Flaw>,
    ) -> Self {
        Self { find, found: OnceCell::new(), package_root }
    }

    fn root(&self, key: &str) -> Result<(&TomlWorkspace, &ManifestFile), Flaw> {
        if self.found.get().is_none() {
            let found = (self.find)()?;
            // Nobody else fills the cell.
            self.found.get_or_init(|| found);
        }
        let file = self.found.get().and_then(Option::as_deref);
        match file.and_then(|file| Some((file.toml().workspace.as_ref()?, file))) {
            Some(found) => Ok(found),
            None => Err(flaw(key, InheritProblem::NoRoot { key: key.to_owned() })),
        }
    }

    /// `package.<key>`, wherever it is stated.
    pub(crate) fn field<T: Clone>(
        &self,
        key: &str,
        field: Option<&InheritableField<T>>,
        inherited: impl Fn(&InheritablePackage) -> Option<&T>,
    ) -> Result<Option<T>, Flaw> {
        match field {
            None => Ok(None),
            Some(InheritableField::Value(value)) => Ok(Some(value.clone())),
            Some(InheritableField::Inherit(_)) => {
                let (workspace, file) = self.root(&format!("package.{key}"))?;
                match workspace.package.as_ref().and_then(inherited) {
                    Some(value) => Ok(Some(value.clone())),
                    None => {
                        Err(not_defined(&format!("package.{key}"), &format!("workspace.package.{key}"), file))
                    }
                }
            }
        }
    }

    /// `package.license-file`, relative to the package that inherits it.
    pub(crate) fn license_file(
        &self,
        field: Option<&InheritableField<String>>,
    ) -> Result<Option<String>, Flaw> {
        let value = self.field("license-file", field, |p| p.license_file.as_ref())?;
        match value {
            Some(path) if field.is_some_and(InheritableField::is_inherited) => {
                self.relative("package.license-file", &path).map(Some)
            }
            other => Ok(other),
        }
    }

    /// `package.readme`: as stated, else the one that is there.
    pub(crate) fn readme(
        &self,
        field: Option<&InheritableField<StringOrBool>>,
    ) -> Result<Option<String>, Flaw> {
        let read =
            |result: Result<_, dhow_fs::FsError>| result.map_err(|error| flaw("package.readme", error));
        match field {
            None => read(discover::readme(self.package_root)),
            Some(InheritableField::Value(value)) => Ok(stated_readme(value)),
            Some(InheritableField::Inherit(_)) => {
                let (workspace, file) = self.root("package.readme")?;
                let stated = workspace.package.as_ref().and_then(|p| p.readme.as_ref());
                let found = match stated {
                    Some(value) => stated_readme(value),
                    None => read(discover::readme(file.root()))?,
                };
                match found {
                    Some(path) => self.relative("package.readme", &path).map(Some),
                    None => Err(not_defined("package.readme", "workspace.package.readme", file)),
                }
            }
        }
    }

    /// A path that is relative to the root, relative to the package.
    fn relative(&self, key: &str, path: &str) -> Result<String, Flaw> {
        let (_, file) = self.root(key)?;
        let to = dhow_fs::normalize(&file.root().join(path));
        let relative = relative_path(self.package_root, &to).and_then(|p| p.to_str().map(str::to_owned));
        relative.ok_or_else(|| {
            flaw(key, InheritProblem::NoRelativePath { from: self.package_root.to_owned(), to })
        })
    }

    /// `[lints]`, wherever they are stated.
    pub(crate) fn lints(&self, lints: &InheritableLints) -> Result<TomlLints, Flaw> {
        if !lints.workspace {
            return Ok(lints.lints.clone());
        }
        if !lints.lints.is_empty() {
            return Err(flaw("lints", InheritProblem::LintsOverride));
        }
        let (workspace, file) = self.root("lints")?;
        workspace.lints.clone().ok_or_else(|| not_defined("lints", "workspace.lints", file))
    }

    /// A dependency, wherever it is stated; inherited paths are made absolute.
    pub(crate) fn dependency<'d>(
        &self,
        table: &[&str],
        name: &str,
        dependency: &'d InheritableDependency,
        (edition, notes): (Edition, &Notes),
    ) -> Result<Cow<'d, TomlDependency>, Flaw> {
        let member = match dependency {
            InheritableDependency::Value(value) => return Ok(Cow::Borrowed(value)),
            InheritableDependency::Inherit(member) => member,
        };
        let key = format!("{}.{name}", table.join("."));
        let at = |mut flaw: Flaw| {
            flaw.key = dhow_formats::manifest::KeyPath::new(table.iter().copied().chain([name]));
            flaw
        };
        let (workspace, file) = self.root(&key).map_err(at)?;
        let defined = workspace.dependencies.as_ref().and_then(|d| d.get(name));
        let Some(defined) = defined else {
            return Err(at(not_defined(&key, &format!("workspace.dependencies.{name}"), file)));
        };
        let mut merged = match defined {
            TomlDependency::Simple(version) => {
                TomlDetailedDependency { version: Some(version.clone()), ..TomlDetailedDependency::default() }
            }
            TomlDependency::Detailed(detailed) => detailed.clone(),
        };
        if let (Some(path), None) = (&merged.path, &merged.base) {
            let path = dhow_fs::normalize(&file.root().join(path));
            merged.path = path.to_str().map(str::to_owned);
        }
        merge_default_features(name, member, &mut merged, (edition, notes)).map_err(at)?;
        if let Some(features) = &member.features {
            merged.features.get_or_insert_with(Vec::new).extend(features.iter().cloned());
        }
        merged.optional = member.optional;
        merged.public = member.public;
        Ok(Cow::Owned(TomlDependency::Detailed(merged)))
    }
}

/// A member can turn default features on, not off.
fn merge_default_features(
    name: &str,
    member: &TomlInheritedDependency,
    merged: &mut TomlDetailedDependency,
    (edition, notes): (Edition, &Notes),
) -> Result<(), Flaw> {
    match (member.default_features(), merged.default_features()) {
        (Some(true), Some(false)) => merged.default_features = Some(true),
        (Some(false), None | Some(true)) if edition >= Edition::E2024 => {
            return Err(flaw("dependencies", InheritProblem::DefaultFeatures { name: name.to_owned() }));
        }
        (Some(false), None | Some(true)) => notes.warn(["dependencies", name], || {
            format!(
                "`default-features = false` of `{name}` has no effect: `workspace.dependencies.{name}` has its \
                 default features on (an error from edition 2024)"
            )
        }),
        _ => {}
    }
    Ok(())
}

fn stated_readme(value: &StringOrBool) -> Option<String> {
    match value {
        StringOrBool::String(path) => Some(path.clone()),
        StringOrBool::Bool(true) => Some("README.md".to_owned()),
        StringOrBool::Bool(false) => None,
    }
}

fn flaw(key: &str, problem: impl Into<Problem>) -> Flaw {
    Flaw::new(key.split('.'), problem)
}

fn not_defined(key: &str, defined_by: &str, file: &ManifestFile) -> Flaw {
    let problem = InheritProblem::NotDefined {
        key: key.to_owned(),
        defined_by: defined_by.to_owned(),
        root: file.path().to_owned(),
    };
    flaw(key, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_between_directories() {
        let check = |from: &str, to: &str, way: &str| {
            assert_eq!(relative_path(Path::new(from), Path::new(to)), Some(way.into()));
        };
        check("/a/b/c", "/a/README", "../../README");
        check("/a", "/a/b/README", "b/README");
        check("/a", "/b", "../b");
    }
}
