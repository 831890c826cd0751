//! `.cargo-checksum.json` of a vendored package: the checksums of its archive and of each of its files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Its name in the package's directory.
pub const FILE_NAME: &str = ".cargo-checksum.json";

/// Checksums of one package of a directory source, all SHA-256 in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryChecksums {
    /// Of each file, by its path in the package, with `/`.
    pub files: BTreeMap<String, String>,
    /// Of the archive it came from; a package from git has none.
    #[serde(default)]
    pub package: Option<String>,
}

impl RegistryChecksums {
    /// Reads the file.
    ///
    /// # Errors
    /// Not JSON of that shape.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The file, as Cargo writes it.
    ///
    /// # Errors
    /// None: texts are always JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_git_has_files_only() {
        let sums =
            RegistryChecksums::parse(br#"{"files":{"src/lib.rs":"00"},"package":null}"#).expect("parses");
        assert_eq!((sums.package, sums.files.len()), (None, 1));
        assert!(RegistryChecksums::parse(b"{}").is_err());
    }

    #[test]
    fn it_is_written_as_cargo_writes_it() {
        let text = br#"{"files":{"Cargo.toml":"1","src/lib.rs":"2"},"package":"3"}"#;
        let sums = RegistryChecksums::parse(text).expect("parses");
        assert_eq!(sums.to_json().expect("writes").as_bytes(), text);
    }
}
