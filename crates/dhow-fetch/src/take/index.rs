//! Index entries: of each package the lines of the releases that a lock file names, and no others, under a word for
//! their state that never changes. So they are the same whenever they are taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dhow_formats::index_cache::{IndexCache, UNKNOWN_REVISION};
use dhow_formats::registry_config::RegistryConfig;
use dhow_model::{CRATES_IO_CONFIG, CRATES_IO_SPARSE_INDEX, InternedString, PackageId, SourceId};
use semver::Version;

use crate::error::FetchError;
use crate::event::Event;
use crate::git::IndexTree;
use crate::index::{IndexFile, Kind, Registry};
use crate::registries::Registries;

/// The lines of one package, by their versions.
type Lines = BTreeMap<Version, Vec<u8>>;

impl Registries {
    /// Lets the indexes of this home say of each of these packages what that one's say of the versions that are among
    /// them, and nothing else. Gives back how many files were written.
    ///
    /// # Errors
    /// A release is not listed; or the other home does not know its index, and may not or cannot ask for it; or one of
    /// the homes cannot be read or written to.
    pub fn take_index(
        &self,
        from: &Self,
        listed: &BTreeSet<PackageId>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<usize, FetchError> {
        let mut by_source: BTreeMap<SourceId, BTreeMap<InternedString, BTreeSet<PackageId>>> =
            BTreeMap::new();
        for id in listed {
            by_source.entry(id.source()).or_default().entry(id.name()).or_default().insert(*id);
        }
        let mut written = 0;
        for (source, packages) in &by_source {
            let ours = self.registry(*source)?;
            if !ours.kind.is_remote() {
                continue;
            }
            let mut known: BTreeMap<InternedString, Lines> = BTreeMap::new();
            let mut missing: Vec<InternedString> = Vec::new();
            for (name, ids) in packages {
                match kept_lines(&ours, ids) {
                    Some(lines) => drop(known.insert(*name, lines)),
                    None => missing.push(*name),
                }
            }
            if !missing.is_empty() {
                let theirs = from.registry(*source)?;
                for (name, file) in missing.iter().zip(files(&theirs, &missing, events)?) {
                    known.insert(*name, lines(file?.as_deref(), &packages[name])?);
                }
            }
            written += match &ours.kind {
                Kind::Git(_) => self.keep_git_index(from, &ours, &known, events)?,
                _ => self.keep_sparse_index(from, &ours, &known, events)?,
            };
        }
        Ok(written)
    }

    fn keep_sparse_index(
        &self,
        from: &Self,
        ours: &Registry,
        known: &BTreeMap<InternedString, Lines>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<usize, FetchError> {
        let config = match dhow_fs::read_optional(&ours.home.index_config())? {
            Some(config) if RegistryConfig::parse(&config).is_ok() && !is_crates_io(ours) => config,
            _ => config_of(from, ours, events)?,
        };
        let guard = self.home.lock_downloads(&|_| {})?;
        guard.write_index_config(&ours.home, &config)?;
        let mut written = 0;
        for (name, lines) in known {
            let (path, bytes) = (ours.home.index_file(name), cache_bytes(UNKNOWN_REVISION, lines));
            if dhow_fs::read_optional(&path)?.is_none_or(|present| present != bytes) {
                guard.write_index_file(&path, &bytes)?;
                written += 1;
            }
        }
        Ok(written)
    }

    /// Cargo reads such an index from a repository: there is one commit in it.
    fn keep_git_index(
        &self,
        from: &Self,
        ours: &Registry,
        known: &BTreeMap<InternedString, Lines>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<usize, FetchError> {
        let repository = ours.home.plain_index_repository();
        let kept = IndexTree::config(self.git(), &repository)?;
        let config = match kept {
            Some(config) => config,
            None => config_of(from, ours, events)?,
        };
        let mut tree = IndexTree::new(config);
        for (name, lines) in known {
            let text: Vec<u8> = lines.values().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
            tree.add(name, text);
        }
        if !tree.write(self.git(), &self.home, &ours.home, events)? {
            return Ok(0);
        }
        let guard = self.home.lock_downloads(&|_| {})?;
        for (name, lines) in known {
            let bytes = cache_bytes(&tree.blob(name), lines);
            guard.write_index_file(&ours.home.index_file(name), &bytes)?;
        }
        Ok(known.len())
    }
}

/// What this home has of what is wanted, if it has all of it.
fn kept_lines(ours: &Registry, ids: &BTreeSet<PackageId>) -> Option<Lines> {
    let name = ids.first()?.name();
    let bytes = dhow_fs::read_optional(&ours.home.index_file(&name)).ok()??;
    let cache = IndexCache::parse(&bytes).ok()?;
    let mut lines: Lines = cache
        .lines
        .iter()
        .filter_map(|(version, line)| Some((version.parse().ok()?, line.to_vec())))
        .collect();
    lines.retain(|version, _| ids.iter().any(|id| id.version() == version));
    (lines.len() == ids.len()).then_some(lines)
}

fn lines(file: Option<&IndexFile>, ids: &BTreeSet<PackageId>) -> Result<Lines, FetchError> {
    let mut lines = Lines::new();
    let cache = file.and_then(|file| IndexCache::parse(file.cache_bytes()).ok());
    for id in ids {
        let mut listed = cache.iter().flat_map(|cache| cache.lines.iter());
        // Two releases may differ in what comes after `+` alone, and then either answers for the other.
        let version = id.version().to_string();
        let Some((_, line)) = listed.find(|(listed, _)| *listed == version) else {
            return Err(FetchError::NotListed { id: *id });
        };
        lines.insert(id.version().clone(), line.to_vec());
    }
    Ok(lines)
}

type Files = Vec<Result<Option<Arc<IndexFile>>, FetchError>>;

fn files(
    theirs: &Registry,
    names: &[InternedString],
    events: &(dyn Fn(Event) + Sync),
) -> Result<Files, FetchError> {
    Ok(match &theirs.kind {
        Kind::Sparse(index) => index.load_many(names, events),
        Kind::Git(index) => index.load_many(names, events),
        Kind::Local(local) => names.iter().map(|&name| local.load(name)).collect(),
        Kind::Directory(directory) => {
            return Err(FetchError::BadSource(format!(
                "{} is replaced by the directory `{}` outside of this project, which has no index to take\n\nhelp: let \
                 the project's own `.cargo/config.toml` name the directory, or do without it",
                theirs.source,
                directory.root().display()
            )));
        }
    })
}

/// The registry's `config.json`. If another one stands in for it here, nobody knows what the registry itself says; without
/// the network nobody asks.
fn config_of(
    from: &Registries,
    ours: &Registry,
    events: &(dyn Fn(Event) + Sync),
) -> Result<Vec<u8>, FetchError> {
    let actual = ours.actual_source();
    if is_crates_io(ours) {
        return Ok(CRATES_IO_CONFIG.as_bytes().to_vec());
    }
    let theirs = from.registry(ours.source)?;
    if theirs.actual_source() == actual {
        match &theirs.kind {
            Kind::Sparse(index) => {
                index.config(events)?;
                if let Some(config) = dhow_fs::read_optional(&theirs.home.index_config())? {
                    return Ok(config);
                }
            }
            Kind::Git(_) => {
                if let Some(config) = IndexTree::config(from.git(), &theirs.home.index_repository())? {
                    return Ok(config);
                }
            }
            Kind::Local(_) | Kind::Directory(_) => {}
        }
    }
    let url = actual.url().as_str();
    let url = url.strip_prefix("sparse+").unwrap_or(url).trim_end_matches('/');
    Ok(RegistryConfig { dl: url.to_owned(), api: None, auth_required: false }.to_bytes())
}

fn is_crates_io(ours: &Registry) -> bool {
    let actual = ours.actual_source();
    actual.is_crates_io() || actual.url().as_str() == CRATES_IO_SPARSE_INDEX
}

fn cache_bytes(revision: &str, lines: &Lines) -> Vec<u8> {
    let texts: Vec<(String, &[u8])> =
        lines.iter().map(|(version, line)| (version.to_string(), line.as_slice())).collect();
    let lines = texts.iter().map(|(version, line)| (version.as_str(), *line)).collect();
    IndexCache { revision, lines }.to_bytes()
}
