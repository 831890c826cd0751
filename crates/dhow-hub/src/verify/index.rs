//! Whether copies of index files have the releases that the lock file names, as it names them, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dhow_fetch::{FetchError, Inspected, Remedy};
use dhow_formats::index_cache::{IndexCache, IndexCacheError};
use dhow_formats::index_entry::{checksum, parse_summary};
use dhow_formats::registry_config::RegistryConfig;
use dhow_home::RegistryHome;
use dhow_model::{Checksum, PackageId};

/// The copies of index files of one registry, and what they have to have.
#[derive(Clone, Debug)]
pub struct IndexPart {
    registry: RegistryHome,
    /// By file.
    wanted: BTreeMap<PathBuf, Vec<(PackageId, Option<Checksum>)>>,
}

impl IndexPart {
    pub(super) fn new(registry: RegistryHome, listed: Vec<(PackageId, Option<Checksum>)>) -> Self {
        let mut wanted: BTreeMap<PathBuf, Vec<_>> = BTreeMap::new();
        for (id, checksum) in listed {
            wanted.entry(registry.index_file(id.name().as_str())).or_default().push((id, checksum));
        }
        Self { registry, wanted }
    }

    /// Looks at it.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn inspect(&self) -> Result<Inspected, FetchError> {
        let mut found = Inspected::default();
        let present: BTreeSet<PathBuf> = self.registry.index_files()?.into_iter().collect();
        for path in present.iter().filter(|path| !self.wanted.contains_key(*path)) {
            found.add(path.clone(), "is of a package that the lock file does not name", Remedy::Remove);
        }
        for (path, wanted) in &self.wanted {
            if !present.contains(path) {
                found.add(path.clone(), "is missing", Remedy::Bring);
                continue;
            }
            found.files += 1;
            if !dhow_fs::lstat(path)?.is_some_and(|stat| stat.is_file()) {
                found.add(path.clone(), "is not a regular file", Remedy::Remove);
                continue;
            }
            let Some(bytes) = dhow_fs::read_optional(path)? else { continue };
            for problem in problems(&bytes, wanted) {
                found.add(path.clone(), problem, Remedy::Remove);
            }
        }
        let config = self.registry.index_config();
        match dhow_fs::read_optional(&config)? {
            Some(bytes) => {
                found.files += 1;
                if RegistryConfig::parse(&bytes).is_err() {
                    found.add(config, "is not a registry's `config.json`", Remedy::Remove);
                }
            }
            // An index that is a repository has it in there.
            None if dhow_fs::stat(&self.registry.index_repository().path().join("HEAD"))?.is_none() => {
                found.add(config, "is missing", Remedy::Bring);
            }
            None => {}
        }
        Ok(found)
    }
}

/// What is wrong with a copy of an index file.
fn problems(bytes: &[u8], wanted: &[(PackageId, Option<Checksum>)]) -> Vec<String> {
    let cache = match IndexCache::parse(bytes) {
        Ok(cache) => cache,
        Err(IndexCacheError::Damaged) => return vec!["is a damaged copy of an index file".to_owned()],
        Err(other) => return vec![format!("cannot be used: {other}")],
    };
    let mut problems = Vec::new();
    for (id, expected) in wanted {
        let version = id.version().to_string();
        let mut lines = cache.lines.iter().filter(|(listed, _)| *listed == version);
        let Some((_, line)) = lines.next() else {
            problems.push(format!("has no entry of version {version}"));
            continue;
        };
        if lines.next().is_some() {
            problems.push(format!("has more than one entry of version {version}"));
        }
        match parse_summary(line, id.source()) {
            Ok(summary) if (summary.id().name(), summary.id().version()) != (id.name(), id.version()) => {
                let (name, other) = (summary.id().name(), summary.id().version());
                problems.push(format!("has the entry of `{name} {other}` for version {version}"));
            }
            Ok(_) => {}
            Err(reason) => {
                problems.push(format!("has an entry of version {version} that is no good: {reason}"))
            }
        }
        let actual = checksum(line);
        if let (Some(actual), Some(expected)) = (actual, expected)
            && actual != *expected
        {
            problems.push(format!(
                "has another checksum of version {version} than the lock file: {actual}, expected {expected}"
            ));
        }
    }
    let is_wanted = |version: &str| wanted.iter().any(|(id, _)| id.version().to_string() == version);
    let others: Vec<&str> =
        cache.lines.iter().map(|(version, _)| *version).filter(|version| !is_wanted(version)).collect();
    match others.len() {
        0 => {}
        1..=3 => {
            problems.push(format!("has versions that the lock file does not name: {}", others.join(", ")))
        }
        many => problems.push(format!("has {many} versions that the lock file does not name")),
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_model::SourceId;

    fn line(name: &str, version: &str, checksum: u8) -> String {
        let cksum = hex(checksum);
        format!(
            r#"{{"name":"{name}","vers":"{version}","deps":[],"cksum":"{cksum}","features":{{}},"yanked":false}}"#
        )
    }

    fn hex(byte: u8) -> String {
        format!("{byte:02x}").repeat(32)
    }

    /// What is said of a file with these lines, if versions 1.0.0 and 2.0.0 are locked.
    fn said(lines: &[(&str, &str)]) -> String {
        let lines = lines.iter().map(|(version, line)| (*version, line.as_bytes())).collect();
        let bytes = IndexCache { revision: "x", lines }.to_bytes();
        let id =
            |version: &str| PackageId::new("a", version.parse().expect("a version"), SourceId::crates_io());
        let wanted = [(id("1.0.0"), Some(Checksum([1; 32]))), (id("2.0.0"), None)];
        problems(&bytes, &wanted).join("; ")
    }

    #[test]
    fn what_differs_from_the_lock_file_is_named() {
        let (one, two) = (line("a", "1.0.0", 1), line("a", "2.0.0", 2));
        let good = [("1.0.0", &one[..]), ("2.0.0", &two)];
        assert_eq!(said(&good), "");
        assert_eq!(said(&good[1..]), "has no entry of version 1.0.0");
        let stale = line("a", "1.0.0", 9);
        assert_eq!(
            said(&[("1.0.0", &stale), good[1]]),
            format!(
                "has another checksum of version 1.0.0 than the lock file: {}, expected {}",
                hex(9),
                hex(1)
            )
        );
        assert_eq!(
            said(&[good[0], good[1], ("3.0.0", "{}")]),
            "has versions that the lock file does not name: 3.0.0"
        );
        assert_eq!(said(&[good[0], good[0], good[1]]), "has more than one entry of version 1.0.0");
        let foreign = line("b", "1.0.0", 1);
        assert!(
            said(&[("1.0.0", &foreign), good[1]]).contains("has the entry of `b 1.0.0` for version 1.0.0")
        );
        assert!(said(&[("1.0.0", "{"), good[1]]).contains("that is no good"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(problems(b"\x03\x02\0\0\0cut", &[]), ["is a damaged copy of an index file"]);
        assert!(problems(b"\x04", &[])[0].starts_with("cannot be used"));
    }
}
