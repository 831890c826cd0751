//! What a repository says of its submodules: where they are, and whether they are wanted.

use std::collections::HashMap;

use url::Url;

use crate::error::FetchError;

/// One entry of `.gitmodules`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Submodule {
    path: Option<String>,
    /// As written.
    pub(super) url: Option<String>,
    update: Option<String>,
}

impl Submodule {
    /// `update = none`: its repository does not want it to be fetched.
    pub(super) fn is_left_out(&self) -> bool {
        self.update.as_deref() == Some("none")
    }
}

/// Reads what `git config -z --list` prints of a `.gitmodules`: submodules by their path.
pub(super) fn parse(listing: &[u8]) -> HashMap<String, Submodule> {
    let mut by_name: Vec<(String, Submodule)> = Vec::new();
    let text = String::from_utf8_lossy(listing);
    for (key, value) in text.split('\0').filter_map(|entry| entry.split_once('\n')) {
        let Some((name, key)) = key.strip_prefix("submodule.").and_then(|rest| rest.rsplit_once('.')) else {
            continue;
        };
        let at = by_name.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            by_name.push((name.to_owned(), Submodule::default()));
            by_name.len() - 1
        });
        let found = &mut by_name[at].1;
        let place = match key {
            "path" => &mut found.path,
            "url" => &mut found.url,
            "update" => &mut found.update,
            _ => continue,
        };
        *place = Some(value.to_owned());
    }
    by_name.into_iter().filter_map(|(_, found)| Some((found.path.clone()?, found))).collect()
}

/// The URL of a submodule of the repository at `parent`. A relative one starts with `./` or `../`, as for git.
///
/// # Errors
/// It is no URL, or of a kind that a repository may not name.
pub(super) fn absolute_url(parent: &str, written: &str) -> Result<Url, FetchError> {
    let refused = |reason: String| FetchError::GitSubmodule { url: written.to_owned(), reason };
    let bad = |error: url::ParseError| refused(format!("it is not a URL: {error}{}", suggestion(written)));
    let is_relative = written.starts_with("./") || written.starts_with("../");
    let url = match is_relative {
        true => {
            let mut base = Url::parse(parent).map_err(bad)?;
            if !base.path().ends_with('/') {
                let path = format!("{}/", base.path());
                base.set_path(&path);
            }
            base.join(written).map_err(bad)?
        }
        false => Url::parse(written).map_err(bad)?,
    };
    let from_here = parent.starts_with("file:");
    match url.scheme() {
        "http" | "https" | "ssh" | "git" => Ok(url),
        "file" if from_here => Ok(url),
        "file" => Err(refused("a repository of another machine cannot name one of this machine".to_owned())),
        other => {
            Err(refused(format!("`{other}` is no way to reach a submodule (`https`, `http`, `ssh`, `git`)")))
        }
    }
}

/// `git@host:path` is git's own way to write `ssh://git@host/path`.
fn suggestion(written: &str) -> String {
    match written.split_once(':') {
        Some((host, path)) if host.contains('@') && !host.contains('/') => {
            format!("; `ssh://{host}/{}` would be one", path.trim_start_matches('/'))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_read_by_their_path() {
        let text = b"submodule.a.b.path\nx/y\0submodule.a.b.url\n../z\0submodule.c.update\nnone\0submodule.c.path\nd\0other.x\n1\0";
        let modules = parse(text);
        assert_eq!(modules["x/y"].url.as_deref(), Some("../z"));
        assert!(!modules["x/y"].is_left_out());
        assert!(modules["d"].is_left_out());
        assert_eq!(modules.len(), 2);
    }

    #[test]
    fn urls_are_relative_to_the_repository() {
        let url = |parent: &str, written: &str| absolute_url(parent, written).map(|url| url.to_string()).ok();
        let check = |parent: &str, written: &str, expect: &str| {
            assert_eq!(url(parent, written).as_deref(), Some(expect), "{parent} {written}");
        };
        check("https://host/a/b.git", "../c.git", "https://host/a/c.git");
        check("https://host/a/b.git/", "../c", "https://host/a/c");
        check("ssh://git@host/a/b", "./c", "ssh://git@host/a/b/c");
        check("https://host/a", "ssh://git@other/x", "ssh://git@other/x");
        check("file:///a/b", "../c", "file:///a/c");
        check("file:///a/b", "file:///c", "file:///c");
        for bad in ["git@host:x.git", "/abs", "-uevil", "ext::sh -c evil", "file:///c", "", "c"] {
            assert_eq!(url("https://host/a", bad), None, "{bad}");
        }
        assert_eq!(url("file:///a/b", "ext::sh -c evil"), None);
        let said = absolute_url("https://host/a", "git@host:x.git").expect_err("no URL").to_string();
        assert!(said.contains("ssh://git@host/x.git"), "{said}");
    }
}
