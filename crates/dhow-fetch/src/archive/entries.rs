//! The entries of one archive on their way to the disk: each name is judged before anything is written under it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use dhow_formats::cargo_ok;
use dhow_fs::{ContentHash, File, FsError, Hasher, TreeWriter};
use tar::{Entries, Entry, EntryType};

use super::{ArchiveError, Bounds, Inventory};

const PIECE_BYTES: usize = 128 * 1024;
/// What every entry of a tar file is filled up to.
const BLOCK_BYTES: u64 = 512;
/// Deeper trees are nobody's sources; with some thousand levels, removing them would run out of open files.
const MAX_DEPTH: usize = 128;
/// What Linux takes for one path.
const MAX_NAME_BYTES: usize = 4095;

/// One archive that is being unpacked, or only listed.
pub(super) struct Unpacking<'a> {
    dir: &'a str,
    /// Where it is written to.
    target: Option<Target<'a>>,
    bounds: Bounds,
    /// What the entries so far say that they hold.
    announced: u64,
    inventory: Inventory,
    /// Where contents are in the tar file, if that is wanted instead of their hashes.
    places: Option<BTreeMap<PathBuf, Range<usize>>>,
    buffer: Vec<u8>,
    last: Option<PathBuf>,
}

impl<'a> Unpacking<'a> {
    /// With no `target` nothing is written.
    pub(super) fn new(dir: &'a str, target: Option<&'a Path>, bounds: Bounds) -> Result<Self, ArchiveError> {
        let target = match target {
            Some(root) => Some(Target { root, tree: TreeWriter::new(root)? }),
            None => None,
        };
        let inventory = Inventory::default();
        let buffer = Vec::new();
        Ok(Self { dir, target, bounds, announced: 0, inventory, places: None, buffer, last: None })
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Notes where the contents are in a tar file in memory; hashes are left out.
    pub(super) fn places(
        mut self,
        entries: Entries<'_, impl Read>,
        plain: &[u8],
    ) -> Result<(Inventory, BTreeMap<PathBuf, Range<usize>>), ArchiveError> {
        self.places = Some(BTreeMap::new());
        for entry in entries {
            self.one(entry.map_err(|reason| self.damaged(reason))?, Some(plain))?;
        }
        self.inventory.finish();
        Ok((self.inventory, self.places.unwrap_or_default()))
    }

    /// `plain` is the whole tar file, if it is in memory.
    pub(super) fn all(
        mut self,
        entries: Entries<'_, impl Read>,
        plain: Option<&[u8]>,
    ) -> Result<Inventory, ArchiveError> {
        for entry in entries {
            self.one(entry.map_err(|reason| self.damaged(reason))?, plain)?;
        }
        self.inventory.finish();
        Ok(self.inventory)
    }

    fn one(&mut self, mut entry: Entry<'_, impl Read>, plain: Option<&[u8]>) -> Result<(), ArchiveError> {
        let path = entry.path().map_err(|reason| self.damaged(reason))?.into_owned();
        let relative = self.judge(&path)?.to_owned();
        let kind = kind(&entry);
        if let Some(what) = unwanted(kind) {
            return Err(ArchiveError::NotAFile { path, what });
        }
        // Before a bomb is on the disk, if it is honest about its size.
        self.announced = self.announced.saturating_add(entry.size());
        if self.announced > self.bounds.limit {
            return Err(self.bounds.exceeded());
        }
        let root = relative.as_os_str().is_empty();
        let marker = relative.file_name().is_some_and(|name| name == cargo_ok::FILE_NAME);
        match kind {
            _ if marker => {}
            EntryType::Directory if root => {}
            EntryType::Directory => {
                if let Some(target) = &mut self.target {
                    target.tree.create_dir(&relative).map_err(|error| told_apart(error, &path))?;
                }
            }
            _ if root => {
                return Err(ArchiveError::NotAFile { path, what: "a file in place of the directory" });
            }
            _ => self.file(&mut entry, &path, &relative, plain)?,
        }
        self.last = Some(path);
        // A stream meets its end when it goes on to the next entry; in memory that has to be looked for.
        let end =
            entry.raw_file_position().saturating_add(entry.size()).checked_next_multiple_of(BLOCK_BYTES);
        if plain.is_some_and(|plain| end.is_none_or(|end| end > plain.len() as u64)) {
            let reason = io::Error::new(ErrorKind::UnexpectedEof, "unexpected EOF during skip");
            return Err(self.damaged(reason));
        }
        Ok(())
    }

    /// The part of `path` below the package's directory, if it stays there.
    fn judge<'p>(&self, path: &'p Path) -> Result<&'p Path, ArchiveError> {
        let stays = |relative: &Path| relative.components().all(|part| matches!(part, Component::Normal(_)));
        let relative = path.strip_prefix(self.dir).ok().filter(|relative| stays(relative));
        let Some(relative) = relative else {
            return Err(ArchiveError::Outside { path: path.to_owned(), dir: self.dir.to_owned() });
        };
        let bad = |why| Err(ArchiveError::BadName { path: path.to_owned(), why });
        if relative.as_os_str().len() > MAX_NAME_BYTES {
            return bad("it is too long");
        }
        if relative.as_os_str().as_encoded_bytes().contains(&0) {
            return bad("it contains a NUL byte");
        }
        if relative.components().count() > MAX_DEPTH {
            return bad("it lies too deep");
        }
        let above = relative.parent().into_iter().flat_map(Path::components);
        if above.into_iter().any(|part| part.as_os_str() == cargo_ok::FILE_NAME) {
            return bad("`.cargo-ok` is where a complete package has its mark");
        }
        Ok(relative)
    }

    fn file(
        &mut self,
        entry: &mut Entry<'_, impl Read>,
        path: &Path,
        relative: &Path,
        plain: Option<&[u8]>,
    ) -> Result<(), ArchiveError> {
        let mode = entry.header().mode().unwrap_or(0o644);
        if let (Some(places), Some(plain)) = (&mut self.places, plain) {
            let (range, _) = content(entry, plain)?;
            self.inventory.listed(relative, ContentHash([0; 32]), mode, entry.size());
            places.insert(relative.to_owned(), range);
            return Ok(());
        }
        let Some(target) = &mut self.target else {
            let hash = write(entry, plain, &mut self.buffer, &mut |_| Ok(()))?;
            self.inventory.listed(relative, hash, mode, entry.size());
            return Ok(());
        };
        let mut file = target.create(path, relative, mode)?;
        let root = target.root;
        let mut put = |piece: &[u8]| {
            file.write_all(piece).map_err(|error| FsError::new("write", &root.join(relative), error))
        };
        let hash = write(entry, plain, &mut self.buffer, &mut put)?;
        set_time(&file, entry).map_err(|e| FsError::new("set the time of", &root.join(relative), e))?;
        Ok(self.inventory.written(relative, hash, &file)?)
    }

    fn damaged(&self, reason: io::Error) -> ArchiveError {
        ArchiveError::Damaged { after: self.last.clone(), reason }
    }
}

/// A directory that is being filled.
struct Target<'a> {
    root: &'a Path,
    tree: TreeWriter,
}

impl Target<'_> {
    /// An archive may name a file twice; the last one counts.
    fn create(&mut self, path: &Path, relative: &Path, mode: u32) -> Result<File, ArchiveError> {
        let error = match self.tree.create_file(relative, mode) {
            Ok(file) => return Ok(file),
            Err(error) => error,
        };
        if error.source.kind() != ErrorKind::AlreadyExists {
            return Err(told_apart(error, path));
        }
        let present = self.tree.name_on_disk(relative)?;
        if present != relative {
            return Err(ArchiveError::Folded { path: path.to_owned(), other: present });
        }
        if dhow_fs::lstat(&self.root.join(relative))?.is_some_and(|stat| stat.is_dir()) {
            return Err(ArchiveError::Conflict { path: path.to_owned() });
        }
        self.tree.remove_file(relative)?;
        Ok(self.tree.create_file(relative, mode)?)
    }
}

/// Tar files of the first days say that a name is a directory by ending it with a slash.
fn kind(entry: &Entry<'_, impl Read>) -> EntryType {
    match entry.header().entry_type() {
        EntryType::Regular if entry.header().as_ustar().is_none() && entry.path_bytes().ends_with(b"/") => {
            EntryType::Directory
        }
        kind => kind,
    }
}

fn unwanted(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular | EntryType::Directory => None,
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Link => Some("a hard link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a pipe"),
        EntryType::GNUSparse => Some("a sparse file"),
        _ => Some("of an unusual kind"),
    }
}

/// Which refusals of the file system are the archive's fault.
fn told_apart(error: FsError, path: &Path) -> ArchiveError {
    let why = match error.source.kind() {
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            return ArchiveError::Conflict { path: path.to_owned() };
        }
        ErrorKind::InvalidFilename => "it is too long",
        ErrorKind::InvalidInput => "the file system of the cargo home does not take it",
        _ => return error.into(),
    };
    ArchiveError::BadName { path: path.to_owned(), why }
}

fn cut_off(entry: &Entry<'_, impl Read>, reason: io::Error) -> ArchiveError {
    ArchiveError::Damaged { after: entry.path().ok().map(|path| path.into_owned()), reason }
}

/// Gives the content of an entry to `put`, and its hash back.
fn write(
    entry: &mut Entry<'_, impl Read>,
    plain: Option<&[u8]>,
    buffer: &mut Vec<u8>,
    put: &mut dyn FnMut(&[u8]) -> Result<(), FsError>,
) -> Result<ContentHash, ArchiveError> {
    let Some(plain) = plain else { return write_stream(entry, buffer, put) };
    let (_, content) = content(entry, plain)?;
    put(content)?;
    Ok(dhow_fs::hash_bytes(content))
}

/// Where the content of an entry is in the whole tar file, and what it is.
fn content<'p>(
    entry: &Entry<'_, impl Read>,
    plain: &'p [u8],
) -> Result<(Range<usize>, &'p [u8]), ArchiveError> {
    let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(entry.size()).unwrap_or(usize::MAX));
    let content = plain.get(start..end).ok_or_else(|| cut_off(entry, ErrorKind::UnexpectedEof.into()))?;
    Ok((start..end, content))
}

fn write_stream(
    entry: &mut Entry<'_, impl Read>,
    buffer: &mut Vec<u8>,
    put: &mut dyn FnMut(&[u8]) -> Result<(), FsError>,
) -> Result<ContentHash, ArchiveError> {
    buffer.resize(PIECE_BYTES, 0);
    let mut left = entry.size();
    let mut hasher = Hasher::new();
    loop {
        let count = match entry.read(buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(cut_off(entry, error)),
        };
        put(&buffer[..count])?;
        hasher.update(&buffer[..count]);
        left = left.saturating_sub(count as u64);
    }
    if left == 0 { Ok(hasher.finish()) } else { Err(cut_off(entry, ErrorKind::UnexpectedEof.into())) }
}

fn set_time(file: &File, entry: &Entry<'_, impl Read>) -> io::Result<()> {
    let Ok(secs) = entry.header().mtime() else { return Ok(()) };
    // Second zero means "never" to some tools; Cargo's unpacker avoids it too.
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(secs.max(1))).unwrap_or(UNIX_EPOCH);
    file.set_modified(time)
}
