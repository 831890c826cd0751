//! The lines of `config.toml` that put a directory of vendored packages in the place of their sources. Specified in the
//! Cargo book, "Source Replacement".

use std::collections::BTreeMap;

use serde::Serialize;

/// The name of the directory among sources.
const VENDORED: &str = "vendored-sources";

/// Sources, each replaced by one directory.
#[derive(Debug, Default, Serialize)]
pub struct VendorConfig {
    source: BTreeMap<String, Source>,
}

#[derive(Debug, Default, Serialize)]
struct Source {
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rev: Option<String>,
    #[serde(rename = "replace-with", skip_serializing_if = "Option::is_none")]
    replace_with: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<String>,
}

/// What a git source asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSource {
    /// Its URL.
    pub url: String,
    /// `branch`
    pub branch: Option<String>,
    /// `tag`
    pub tag: Option<String>,
    /// `rev`
    pub rev: Option<String>,
}

impl VendorConfig {
    /// A registry; crates.io needs no URL.
    pub fn registry(&mut self, name: &str, url: Option<&str>) {
        self.add(name, Source { registry: url.map(str::to_owned), ..Source::default() });
    }

    /// A git repository.
    pub fn git(&mut self, name: &str, git: GitSource) {
        let GitSource { url, branch, tag, rev } = git;
        self.add(name, Source { git: Some(url), branch, tag, rev, ..Source::default() });
    }

    fn add(&mut self, name: &str, source: Source) {
        self.source.insert(name.to_owned(), Source { replace_with: Some(VENDORED), ..source });
    }

    /// The lines, with the directory in the place of all sources; nothing if there is no source.
    ///
    /// # Errors
    /// None: texts are always TOML.
    pub fn to_toml(mut self, directory: &str) -> Result<Option<String>, toml::ser::Error> {
        if self.source.is_empty() {
            return Ok(None);
        }
        let vendored = Source { directory: Some(directory.to_owned()), ..Source::default() };
        self.source.insert(VENDORED.to_owned(), vendored);
        toml::to_string_pretty(&self).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_in_order() {
        let mut config = VendorConfig::default();
        config.git(
            "git+https://example.com/x?tag=v1",
            GitSource { url: "https://example.com/x".into(), tag: Some("v1".into()), ..GitSource::default() },
        );
        config.registry("crates-io", None);
        let text = config.to_toml("vendor").expect("writes").expect("there are sources");
        assert_eq!(
            text,
            "[source.crates-io]\nreplace-with = \"vendored-sources\"\n\n\
             [source.\"git+https://example.com/x?tag=v1\"]\ngit = \"https://example.com/x\"\ntag = \"v1\"\n\
             replace-with = \"vendored-sources\"\n\n[source.vendored-sources]\ndirectory = \"vendor\"\n"
        );
        assert_eq!(VendorConfig::default().to_toml("vendor"), Ok(None));
    }
}
