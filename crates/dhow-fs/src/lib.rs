//! The only user of the file system: atomic writes, locks as values, links, hashes. Knows no file of Cargo's.
