//! `config.json` of a registry's index: where archives and the web API are. Specified in the Cargo book,
//! "Registry Index".

use serde::{Deserialize, Serialize};

use crate::index_entry::index_prefix;

/// Its name in the index.
pub const FILE_NAME: &str = "config.json";

/// What a registry says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RegistryConfig {
    /// Template of the URL of an archive.
    pub dl: String,
    /// Base of the web API, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Whether every request must carry a token.
    #[serde(default, rename = "auth-required", skip_serializing_if = "std::ops::Not::not")]
    pub auth_required: bool,
}

impl RegistryConfig {
    /// Reads the file.
    ///
    /// # Errors
    /// Not JSON, or without `dl`.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Text and truth values always can be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The URL of the archive of `name` `version`; `checksum` is its SHA-256 in hexadecimal.
    pub fn download_url(&self, name: &str, version: &str, checksum: &str) -> String {
        const MARKERS: [&str; 5] = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
        if !MARKERS.iter().any(|marker| self.dl.contains(marker)) {
            return format!("{}/{name}/{version}/download", self.dl);
        }
        self.dl
            .replace("{crate}", name)
            .replace("{version}", version)
            .replace("{prefix}", &index_prefix(name))
            .replace("{lowerprefix}", &index_prefix(&name.to_lowercase()))
            .replace("{sha256-checksum}", checksum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(dl: &str) -> String {
        let text = format!(r#"{{"dl": "{dl}", "unknown": 1}}"#);
        RegistryConfig::parse(text.as_bytes()).expect("parses").download_url("MyCrate", "1.2.3", "abcd")
    }

    #[test]
    fn templates_are_filled_in() {
        assert_eq!(url("https://h/api"), "https://h/api/MyCrate/1.2.3/download");
        assert_eq!(url("https://h/{prefix}/{crate}-{version}"), "https://h/My/Cr/MyCrate-1.2.3");
        assert_eq!(url("https://h/{lowerprefix}/{sha256-checksum}"), "https://h/my/cr/abcd");
    }

    #[test]
    fn a_registry_may_want_tokens_and_have_no_api() {
        let config = RegistryConfig::parse(br#"{"dl":"d","auth-required":true}"#).expect("parses");
        assert!(config.auth_required && config.api.is_none());
        assert!(RegistryConfig::parse(br#"{"api":"d"}"#).is_err());
    }
}
