//! Where packages come from, as the resolver asks: registries, and directories named by `path`.

use std::cell::{Cell, OnceCell};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;

use dhow_fetch::{Freshness, IndexFile, Listing, Registries, Registry};
use dhow_home::{CargoHome, ReadGuard};
use dhow_model::{Dependency, InternedString, PackageId, RustVersion, SourceId, Summary};
use dhow_resolve::{Provider, ProviderError, Releases};
use dhow_workspace::{Loader, Package, Workspace};
use semver::Version;

use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::HubSources;
use crate::network;
use crate::session::Session;

/// Everything that a resolution can ask, with what was learnt so far.
pub(crate) struct Sources<'a> {
    session: &'a Session<'a>,
    loader: &'a Loader<'a>,
    /// The home's.
    registries: Registries,
    /// The project's hub, if packages may come from there.
    hub: Option<HubSources>,
    /// Members, and all that they reach by `path`.
    path_packages: BTreeMap<SourceId, Package>,
    /// What repositories have, by their sources, pinned to a commit or not.
    git_packages: Mutex<HashMap<SourceId, Arc<[Package]>>>,
    /// What repositories have more than once, until that is told.
    duplicates: Mutex<Vec<(PackageId, PathBuf)>>,
    answers: HashMap<(InternedString, SourceId), Arc<dyn Releases>>,
    rustc_version: Option<Version>,
    /// When unused files of the home were collected last, once that is known.
    last_collected: OnceLock<u64>,
    /// The command does so much that it may also collect.
    wants_collection: Cell<bool>,
    /// What is read here stays where it is for as long as this value lives.
    in_place: OnceCell<ReadGuard>,
}

impl<'a> Sources<'a> {
    /// The sources of a workspace with these members.
    pub(crate) fn new(
        session: &'a Session<'a>,
        loader: &'a Loader<'a>,
        members: &[Package],
        hub: Option<HubSources>,
    ) -> Result<Self, Error> {
        let home = CargoHome::new(session.config.home());
        let registries = Registries::new(
            home,
            network::settings(session, network::Replaced::ByConfiguration)?,
            network::vendored_summary(),
        );
        let of_paths = members.iter().filter(|p| p.id().source().is_path());
        Ok(Self {
            session,
            loader,
            registries,
            hub,
            path_packages: of_paths.map(|p| (p.id().source(), p.clone())).collect(),
            git_packages: Mutex::default(),
            duplicates: Mutex::default(),
            answers: HashMap::new(),
            rustc_version: None,
            last_collected: OnceLock::new(),
            wants_collection: Cell::new(false),
            in_place: OnceCell::new(),
        })
    }

    /// Reads all that members, patches and replacements reach by `path`.
    pub(crate) fn read_path_dependencies(&mut self, workspace: &Workspace) -> Result<(), Error> {
        let mut todo: Vec<Package> = workspace.members().to_vec();
        // The lock file does not say where a package of a path is: those that patches name must be known to read it. What is
        // wrong with one is told when it is looked for.
        let patches = workspace.patches().iter().flat_map(|patch| &patch.dependencies);
        let replacements = workspace.replacements().iter().map(|(_, dep)| dep);
        for dep in patches.chain(replacements).filter(|dep| dep.source().is_path()) {
            if let Entry::Vacant(place) = self.path_packages.entry(dep.source())
                && let Ok(package) = self.loader.path_package(dep.source())
            {
                todo.push(place.insert(package).clone());
            }
        }
        while let Some(package) = todo.pop() {
            let transitive =
                |dep: &&Dependency| dep.is_transitive() || workspace.member(package.id()).is_some();
            for dep in package.dependencies().iter().filter(transitive).filter(|dep| dep.source().is_path()) {
                if let Entry::Vacant(place) = self.path_packages.entry(dep.source()) {
                    todo.push(place.insert(self.loader.path_package(dep.source())?).clone());
                }
            }
        }
        Ok(())
    }

    /// Those that are asked: the hub's or the home's.
    pub(crate) fn registries(&self) -> &Registries {
        match self.asked_hub() {
            Some(hub) => &hub.registries,
            None => &self.registries,
        }
    }

    /// The home's.
    pub(crate) fn home_registries(&self) -> &Registries {
        &self.registries
    }

    /// The project's hub, if packages may come from there.
    pub(crate) fn hub(&self) -> Option<&HubSources> {
        self.hub.as_ref()
    }

    /// The same, if it is what is asked.
    pub(crate) fn asked_hub(&self) -> Option<&HubSources> {
        self.hub.as_ref().filter(|hub| hub.is_asked.get())
    }

    /// From now on the hub is asked, or the home. What is there of repositories lies elsewhere then.
    pub(crate) fn ask_hub(&self, yes: bool) {
        if let Some(hub) = self.hub.as_ref().filter(|hub| hub.is_asked.get() != yes) {
            hub.is_asked.set(yes);
            self.git_packages.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    pub(crate) fn last_collected(&self) -> Option<u64> {
        self.last_collected.get().copied()
    }

    pub(crate) fn wants_collection(&self) -> bool {
        self.wants_collection.get()
    }

    /// At the end of the command, what nobody has used for long may be removed from the home.
    pub(crate) fn ask_for_collection(&self) {
        self.wants_collection.set(true);
    }

    pub(crate) fn set_last_collected(&self, seconds: u64) {
        self.last_collected.get_or_init(|| seconds);
    }

    /// From now on, until this value is dropped, nobody removes sources from the home: a collection waits. Whoever is
    /// about to read sources there, or to find out which of them are there, calls this first; the first call counts.
    pub(crate) fn keep_in_place(&self) -> Result<(), Error> {
        match self.asked_hub() {
            Some(hub) => hub.keep_in_place(self.session),
            None => self.keep_home_in_place(),
        }
    }

    /// The same of the home, whoever is asked.
    pub(crate) fn keep_home_in_place(&self) -> Result<(), Error> {
        if let Some(hub) = self.hub.as_ref().filter(|hub| hub.is_home) {
            return hub.keep_in_place(self.session);
        }
        if self.in_place.get().is_none() {
            let home = self.registries.home();
            let told = |notice| self.session.tell(Event::of_lock(notice, "package cache", home.root()));
            drop(self.in_place.set(home.lock_sources(&told)?));
        }
        Ok(())
    }

    /// The compiler's version, by which versions are chosen where nobody states one. Asked once.
    pub(crate) fn rustc_version(&mut self) -> Result<Version, Error> {
        if let Some(known) = &self.rustc_version {
            return Ok(known.clone());
        }
        let version = crate::tools::rustc_version(self.session)?;
        Ok(self.rustc_version.insert(version).clone())
    }

    pub(crate) fn session(&self) -> &'a Session<'a> {
        self.session
    }

    pub(crate) fn loader(&self) -> &'a Loader<'a> {
        self.loader
    }

    /// Members, and all that they reach by `path`.
    pub(crate) fn path_packages(&self) -> impl Iterator<Item = &Package> {
        self.path_packages.values()
    }

    /// The member or path dependency of that identity.
    pub(crate) fn path_package(&self, id: PackageId) -> Option<&Package> {
        self.path_packages.get(&id.source()).filter(|p| p.id() == id)
    }

    /// Whether what the home knows will do. What was learnt under another rule is forgotten.
    pub(crate) fn set_freshness(&mut self, freshness: Freshness) {
        self.registries().set_freshness(freshness);
        self.answers.clear();
    }

    /// Asks one registry for news, whatever the rule for others.
    pub(crate) fn revalidate(&mut self, source: SourceId) {
        self.registries().revalidate(source);
        self.answers.retain(|(_, known), _| *known != source);
    }

    /// All releases of the package that `id` is one of.
    pub(crate) fn releases(&mut self, id: PackageId) -> Result<Arc<dyn Releases>, Error> {
        let dep = Dependency::new(id.name(), id.source());
        loop {
            match self.query(&dep) {
                Poll::Pending => self.wait(),
                Poll::Ready(Ok(releases)) => return Ok(releases),
                Poll::Ready(Err(source)) => return Err(Error::Releases { name: id.name(), source }),
            }
        }
    }

    /// Asks for what is probably needed, before the resolver does.
    pub(crate) fn prefetch(&self, dependencies: &[Dependency]) -> Result<(), Error> {
        let mut by_source: BTreeMap<SourceId, Vec<Dependency>> = BTreeMap::new();
        for dep in dependencies.iter().filter(|dep| dep.source().is_registry()) {
            by_source.entry(dep.source()).or_default().push(dep.clone());
        }
        for (source, wanted) in by_source {
            self.registries().registry(source)?.prefetch(&wanted);
        }
        Ok(())
    }

    /// Asks for all that is known of these packages, at once: which they are is known beforehand.
    pub(crate) fn request(&self, ids: impl Iterator<Item = PackageId>) -> Result<(), Error> {
        let mut by_source: BTreeMap<SourceId, Vec<InternedString>> = BTreeMap::new();
        for id in ids.filter(|id| id.source().is_registry()) {
            by_source.entry(id.source()).or_default().push(id.name());
        }
        for (source, names) in by_source {
            self.registries().registry(source)?.request(names);
        }
        Ok(())
    }

    /// Fetches the repositories of these packages, several at once: which they are is known beforehand.
    pub(crate) fn fetch_repositories(&self, ids: impl Iterator<Item = PackageId>) {
        let sources: BTreeSet<SourceId> =
            ids.map(PackageId::source).filter(|s| s.is_git() && s.precise().is_some()).collect();
        if sources.len() > 1 {
            let events = |event| self.session.tell(Event::Fetch(event));
            self.registries().prefetch_checkouts(&Vec::from_iter(sources), &events);
        }
    }

    /// Waits until an answer has come.
    pub(crate) fn wait(&self) {
        let events = |event| self.session.tell(Event::Fetch(event));
        for registry in self.registries().opened() {
            registry.wait(&events);
        }
    }

    /// Tells what happened, without waiting.
    pub(crate) fn tell_news(&self) {
        let events = |event| self.session.tell(Event::Fetch(event));
        self.registries().opened().iter().for_each(|registry| registry.tell_news(&events));
    }

    fn ask(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>> {
        let source = dep.source();
        if source.is_path() {
            return Poll::Ready(self.ask_path(dep));
        }
        if source.is_git() {
            match self.git_packages(source) {
                Ok(Some(packages)) => {
                    let named = packages.iter().filter(|package| package.name() == dep.package_name());
                    let summaries: Vec<Summary> = named
                        .inspect(|package| self.warn_of_duplicates(package))
                        .map(|p| p.summary().clone())
                        .collect();
                    return Poll::Ready(Ok(Arc::new(summaries)));
                }
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(Box::new(error))),
            }
        }
        let registry = match self.registries().registry(source) {
            Ok(registry) => registry,
            Err(error) => return Poll::Ready(Err(Box::new(error))),
        };
        registry.releases(dep.package_name()).map(|found| match found {
            Ok(Listing::Summaries(summaries)) => Ok(Arc::new(summaries) as Arc<dyn Releases>),
            Ok(Listing::Index(None)) => Ok(Arc::new(Vec::<Summary>::new()) as Arc<dyn Releases>),
            Ok(Listing::Index(Some(file))) => Ok(Arc::new(FromIndex { file, registry }) as Arc<dyn Releases>),
            Err(error) => Err(Box::new(error) as ProviderError),
        })
    }

    /// From now on a repository is at `commit` (or what else names one), wherever it is not pinned.
    pub(crate) fn wish_commit(&mut self, source: SourceId, commit: &str) {
        self.registries.pin(source, commit);
        self.git_packages.lock().unwrap_or_else(PoisonError::into_inner).remove(&source);
        self.answers.retain(|(_, known), _| *known != source);
    }

    /// All packages of a git source, which are read once; nothing if vendored packages stand in for it.
    pub(crate) fn git_packages(&self, source: SourceId) -> Result<Option<Arc<[Package]>>, Error> {
        if let Some(known) = self.git_packages.lock().unwrap_or_else(PoisonError::into_inner).get(&source) {
            return Ok(Some(Arc::clone(known)));
        }
        self.keep_in_place()?;
        let events = |event| self.session.tell(Event::Fetch(event));
        let Some(checkout) = self.registries().checkout(source, &events)? else { return Ok(None) };
        let below = self.loader.packages_below(&checkout.root, checkout.source)?;
        below.broken.into_iter().for_each(|warning| self.session.tell(Event::ManifestWarning(warning)));
        self.duplicates.lock().unwrap_or_else(PoisonError::into_inner).extend(below.duplicates);
        let packages: Arc<[Package]> = below.packages.into();
        let mut known = self.git_packages.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(checkout.source, Arc::clone(&packages));
        known.insert(source, Arc::clone(&packages));
        Ok(Some(packages))
    }

    /// Who asks for a package hears once which others of its name and version do not count.
    fn warn_of_duplicates(&self, package: &Package) {
        let mut known = self.duplicates.lock().unwrap_or_else(PoisonError::into_inner);
        let ignored: Vec<_> = known.extract_if(.., |(id, _)| *id == package.id()).collect();
        if !ignored.is_empty() {
            let paths: String = ignored.iter().map(|(_, path)| format!("  {}\n", path.display())).collect();
            let (id, kept) = (package.id(), package.manifest_path().display());
            self.session
                .warn(format!("`{id}` is there more than once; this counts:\n  {kept}\nand not:\n{paths}"));
        }
    }

    fn ask_path(&mut self, dep: &Dependency) -> Result<Arc<dyn Releases>, ProviderError> {
        let package = match self.path_packages.get(&dep.source()) {
            Some(package) => package.clone(),
            None => {
                let package = self.loader.path_package(dep.source()).map_err(Box::new)?;
                self.path_packages.insert(dep.source(), package.clone());
                package
            }
        };
        if package.name() != dep.package_name() {
            return Ok(Arc::new(Vec::<Summary>::new()));
        }
        Ok(Arc::new(vec![package.summary().clone()]))
    }
}

impl Provider for Sources<'_> {
    fn query(&mut self, dep: &Dependency) -> Poll<Result<Arc<dyn Releases>, ProviderError>> {
        let key = (dep.package_name(), dep.source());
        if let Some(answer) = self.answers.get(&key) {
            return Poll::Ready(Ok(Arc::clone(answer)));
        }
        let answer = self.ask(dep);
        if let Poll::Ready(Ok(found)) = &answer {
            self.answers.insert(key, Arc::clone(found));
        }
        answer
    }
}

/// The releases that an index lists, read as they are asked for.
struct FromIndex {
    file: Arc<IndexFile>,
    registry: Arc<Registry>,
}

impl Releases for FromIndex {
    fn len(&self) -> usize {
        self.file.len()
    }

    fn version(&self, index: usize) -> &Version {
        self.file.version_at(index)
    }

    fn is_yanked(&self, index: usize) -> bool {
        self.file.is_yanked_at(index)
    }

    fn is_at_hand(&self, index: usize) -> bool {
        let (name, version) = (self.file.name(), self.file.version_at(index).clone());
        self.registry.is_at_hand(PackageId::new(name, version, self.registry.source()))
    }

    fn links(&self, index: usize) -> Option<InternedString> {
        self.file.links_at(index)
    }

    fn rust_version(&self, index: usize) -> Option<RustVersion> {
        self.file.rust_version_at(index)
    }

    fn summary(&self, index: usize) -> Option<Summary> {
        self.file.summary_at(index)
    }
}
