//! The releases of one package, as an index lists them. Lines are parsed when they are asked for.

use std::ops::Range;
use std::sync::OnceLock;

use dhow_formats::index_cache::{IndexCache, IndexCacheError};
use dhow_formats::index_entry::{IndexEntryHead, parse_summary};
use dhow_formats::index_peek;
use dhow_model::{InternedString, RustVersion, SourceId, Summary};
use semver::{Version, VersionReq};

/// All releases of one package. Their source is the one that was asked for, whoever answered in its place.
#[derive(Debug)]
pub struct IndexFile {
    name: InternedString,
    source: SourceId,
    revision: String,
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    version: Version,
    range: Range<usize>,
    summary: OnceLock<Option<Summary>>,
}

impl IndexFile {
    /// From Cargo's cache of an index.
    ///
    /// # Errors
    /// It is damaged or of another version.
    pub fn from_cache(
        name: InternedString,
        source: SourceId,
        bytes: Vec<u8>,
    ) -> Result<Self, IndexCacheError> {
        let cache = IndexCache::parse(&bytes)?;
        let start = bytes.as_ptr().addr();
        let mut lines = Vec::with_capacity(cache.lines.len());
        for (version, line) in &cache.lines {
            let version = Version::parse(version).map_err(|_| IndexCacheError::Damaged)?;
            let offset = line.as_ptr().addr() - start;
            lines.push(Line { version, range: offset..offset + line.len(), summary: OnceLock::new() });
        }
        let revision = cache.revision.to_owned();
        Ok(Self { name, source, revision, bytes, lines })
    }

    /// From the file that an index serves. Lines without name or version are left out.
    pub fn from_index(name: InternedString, source: SourceId, revision: &str, content: &[u8]) -> Self {
        let heads: Vec<_> = content
            .split(|&byte| byte == b'\n')
            .filter_map(|line| Some((IndexEntryHead::parse(line).ok()?.vers.to_string(), line)))
            .collect();
        let lines = heads.iter().map(|(version, line)| (version.as_str(), *line)).collect();
        let bytes = IndexCache { revision, lines }.to_bytes();
        Self::from_cache(name, source, bytes).unwrap_or_else(|_| Self {
            name,
            source,
            revision: revision.to_owned(),
            bytes: Vec::new(),
            lines: Vec::new(),
        })
    }

    /// The package's name.
    pub fn name(&self) -> InternedString {
        self.name
    }

    /// The server's word for the state of the file.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The file as Cargo's cache has it.
    pub fn cache_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The versions that are listed, also those that cannot be read further, in the order of the index.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.lines.iter().map(|line| &line.version)
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The version on a line.
    pub fn version_at(&self, line: usize) -> &Version {
        &self.lines[line].version
    }

    /// Whether the release on a line is yanked; the line is not read further.
    pub fn is_yanked_at(&self, line: usize) -> bool {
        index_peek::is_yanked(self.line(line))
    }

    /// The native library that the release on a line links; the line is not read further.
    pub fn links_at(&self, line: usize) -> Option<InternedString> {
        index_peek::links(self.line(line))
    }

    /// The oldest Rust for the release on a line; the line is not read further.
    pub fn rust_version_at(&self, line: usize) -> Option<RustVersion> {
        index_peek::rust_version(self.line(line))
    }

    fn line(&self, line: usize) -> &[u8] {
        &self.bytes[self.lines[line].range.clone()]
    }

    /// The release on a line; `None` if it is written for newer readers, or wrong.
    pub fn summary_at(&self, line: usize) -> Option<Summary> {
        self.parsed(&self.lines[line])
    }

    /// One release; `None` if there is none, or it is written for newer readers.
    pub fn summary(&self, version: &Version) -> Option<Summary> {
        self.lines.iter().filter(|line| line.version == *version).find_map(|line| self.parsed(line))
    }

    /// The releases that `req` accepts, yanked ones included, in the order of the index.
    pub fn matching<'a>(&'a self, req: &'a VersionReq) -> impl Iterator<Item = Summary> + 'a {
        self.lines.iter().filter(|line| req.matches(&line.version)).filter_map(|line| self.parsed(line))
    }

    /// All releases, in the order of the index.
    pub fn summaries(&self) -> impl Iterator<Item = Summary> + '_ {
        self.lines.iter().filter_map(|line| self.parsed(line))
    }

    /// The newest release that `req` accepts and that is not yanked: a good guess at what a resolver will choose.
    pub fn newest(&self, req: &VersionReq) -> Option<Summary> {
        let mut candidates: Vec<_> = self.lines.iter().filter(|line| req.matches(&line.version)).collect();
        candidates.sort_unstable_by(|a, b| b.version.cmp(&a.version));
        candidates.into_iter().filter_map(|line| self.parsed(line)).find(|summary| !summary.is_yanked())
    }

    fn parsed(&self, line: &Line) -> Option<Summary> {
        let parse = || parse_summary(&self.bytes[line.range.clone()], self.source).ok();
        line.summary.get_or_init(parse).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "foo";

    fn line(version: &str, rest: &str) -> String {
        let sum = "00".repeat(32);
        format!(r#"{{"name":"{NAME}","vers":"{version}","deps":[],"cksum":"{sum}","features":{{}}{rest}}}"#)
    }

    fn file() -> IndexFile {
        let text = [
            line("1.0.0", ""),
            line("1.2.0", r#","yanked":true"#),
            line("1.1.0", ""),
            line("2.0.0", r#","v":99"#),
            "not json".to_owned(),
            r#"{"name":"foo","vers":"nonsense"}"#.to_owned(),
            line("3.0.0-rc.1", ""),
        ];
        IndexFile::from_index(NAME.into(), SourceId::crates_io(), "etag: \"1\"", text.join("\n").as_bytes())
    }

    fn versions(summaries: impl Iterator<Item = Summary>) -> Vec<String> {
        summaries.map(|summary| summary.id().version().to_string()).collect()
    }

    #[test]
    fn lists_what_can_be_read() {
        let file = file();
        assert_eq!(file.versions().count(), 5, "also what a newer reader understands");
        assert_eq!(versions(file.summaries()), ["1.0.0", "1.2.0", "1.1.0", "3.0.0-rc.1"]);
        let req = VersionReq::parse("1").expect("a requirement");
        assert_eq!(versions(file.matching(&req)), ["1.0.0", "1.2.0", "1.1.0"]);
        assert_eq!(versions(file.newest(&req).into_iter()), ["1.1.0"]);
        assert!(file.summary(&Version::new(2, 0, 0)).is_none());
    }

    #[test]
    fn the_cache_gives_the_same() {
        let file = file();
        let again = IndexFile::from_cache(NAME.into(), SourceId::crates_io(), file.cache_bytes().to_vec());
        let again = again.expect("parses");
        assert_eq!(versions(again.summaries()), versions(file.summaries()));
        assert_eq!(again.revision(), "etag: \"1\"");
    }
}
