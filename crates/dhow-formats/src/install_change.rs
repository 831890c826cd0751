//! A change of what is installed that has been decided but perhaps not finished: who finds this file carries it out.
//! Dhow's own; written beside the programs while they are put into their place, and gone afterwards.

use serde::{Deserialize, Serialize};

/// Its name in the staging directory.
pub const FILE_NAME: &str = "change.json";

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallChange {
    /// The form of this file.
    pub version: u32,
    /// Programs that wait in the staging directory.
    pub place: Vec<String>,
    /// Programs to remove.
    pub remove: Vec<String>,
    /// `.crates.toml` when this was decided. If it says something else by now, somebody else went on without this.
    pub v1_before: String,
    /// `.crates.toml` as it will be.
    pub v1: String,
    /// `.crates2.json` as it will be.
    pub v2: String,
}

impl InstallChange {
    /// The form that is written.
    pub const VERSION: u32 = 1;

    /// Reads the file; nothing if it is of another form.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|change: &Self| change.version == Self::VERSION)
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None in practice: it holds nothing but text.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_and_other_forms_are_nothing() {
        let change = InstallChange {
            version: InstallChange::VERSION,
            place: vec!["a".into()],
            remove: vec!["b".into()],
            v1_before: String::new(),
            v1: "[v1]\n".into(),
            v2: "{}".into(),
        };
        let json = change.to_json().expect("writes");
        assert_eq!(InstallChange::parse(&json), Some(change.clone()));
        let newer = InstallChange { version: 2, ..change }.to_json().expect("writes");
        assert_eq!(InstallChange::parse(&newer), None);
        assert_eq!(InstallChange::parse(&json[..json.len() - 1]), None);
    }
}
