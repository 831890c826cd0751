//! `[dhow.hub]` in a project's `.cargo/config.toml`: what its hub has to hold. Text in, text out; comments stay.

use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// What a hub has to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSettings {
    /// Only what these platforms (and the machine that compiles) need; all platforms if there is none.
    pub targets: Option<Vec<String>>,
    /// Also what only tests, examples and benchmarks need.
    pub dev_dependencies: bool,
}

impl Default for HubSettings {
    /// Everything.
    fn default() -> Self {
        Self { targets: None, dev_dependencies: true }
    }
}

/// Why a configuration cannot be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubConfigError {
    /// It is not TOML, or not of the right kind.
    #[error("{0}")]
    Syntax(String),
    /// Something else stands where a table is needed.
    #[error("`{0}` is not a table")]
    NotATable(String),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    dhow: Own,
}

#[derive(Deserialize, Default)]
struct Own {
    hub: Option<Settings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    targets: Option<Vec<String>>,
    #[serde(default = "yes")]
    dev_dependencies: bool,
}

fn yes() -> bool {
    true
}

impl HubSettings {
    /// What a configuration says of its project's hub; nothing if there is none.
    ///
    /// # Errors
    /// It is not TOML, or says something that cannot be meant.
    pub fn read(text: &str) -> Result<Option<Self>, HubConfigError> {
        // Most projects have no hub, and this is asked by every command.
        if !text.contains("hub") {
            return Ok(None);
        }
        let file: File = toml::from_str(text).map_err(|error| HubConfigError::Syntax(error.to_string()))?;
        let found = file.dhow.hub;
        Ok(found.map(|hub| Self { targets: hub.targets, dev_dependencies: hub.dev_dependencies }))
    }

    /// The configuration with these settings in it, and with these registries (their names and the URLs of their indexes)
    /// unless it has registries of these names.
    ///
    /// # Errors
    /// It is not TOML, or has something else where a table is needed.
    pub fn write(&self, text: &str, registries: &[(String, String)]) -> Result<String, HubConfigError> {
        let mut document: DocumentMut =
            text.parse().map_err(|error: toml_edit::TomlError| HubConfigError::Syntax(error.to_string()))?;
        for (name, index) in registries {
            let all = table(document.as_table_mut(), "registries", "registries")?;
            let entry = table(all, name, &format!("registries.{name}"))?;
            entry.set_implicit(false);
            if !entry.contains_key("index") {
                entry.insert("index", value(index.as_str()));
            }
        }
        let own = table(document.as_table_mut(), "dhow", "dhow")?;
        let hub = table(own, "hub", "dhow.hub")?;
        hub.set_implicit(false);
        match &self.targets {
            Some(targets) => {
                let list: Array = targets.iter().map(String::as_str).collect();
                set(hub, "targets", value(list));
            }
            None => drop(hub.remove("targets")),
        }
        set(hub, "dev-dependencies", value(self.dev_dependencies));
        Ok(document.to_string())
    }
}

/// Keeps what stands behind the value on its line.
fn set(table: &mut Table, key: &str, mut new: Item) {
    if let (Some(old), Some(new)) = (table.get(key).and_then(Item::as_value), new.as_value_mut()) {
        *new.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key) {
        Some(old) => *old = new,
        None => drop(table.insert(key, new)),
    }
}

fn table<'t>(parent: &'t mut Table, key: &str, name: &str) -> Result<&'t mut Table, HubConfigError> {
    let item = parent.entry(key).or_insert_with(|| {
        let mut new = Table::new();
        new.set_implicit(true);
        Item::Table(new)
    });
    if let Some(inline) = item.as_inline_table() {
        // A short form cannot get a table inside.
        *item = Item::Table(inline.clone().into_table());
    }
    item.as_table_mut().ok_or_else(|| HubConfigError::NotATable(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let old = "# mine\n[net]\nretry = 3 # often\n\n[dhow.layers]\nutilities = [\"a\"]\n";
        let settings = HubSettings { targets: Some(vec!["wasm32-wasip1".into()]), dev_dependencies: false };
        let new =
            settings.write(old, &[("alt".into(), "sparse+https://example.com/".into())]).expect("writes");
        assert!(new.starts_with(old), "{new}");
        assert!(new.contains("[registries.alt]\nindex = \"sparse+https://example.com/\"\n"), "{new}");
        assert_eq!(HubSettings::read(&new), Ok(Some(settings.clone())));
        assert_eq!(settings.write(&new, &[]).expect("writes"), new, "nothing is new");
        let all = HubSettings::default();
        let commented = new.replace("dev-dependencies = false", "dev-dependencies = false # for now");
        let again = all.write(&commented, &[]).expect("writes");
        assert!(again.contains("dev-dependencies = true # for now") && !again.contains("targets"), "{again}");
        assert_eq!(HubSettings::read(&again), Ok(Some(all)));
    }

    #[test]
    fn a_new_file_has_only_what_it_needs() {
        let new = HubSettings::default().write("", &[]).expect("writes");
        assert_eq!(new, "[dhow.hub]\ndev-dependencies = true\n");
        assert_eq!(HubSettings::read("[dhow]\nverify-sources = true # hub\n"), Ok(None));
        assert!(HubSettings::read("[dhow]\nhub = true\n").is_err());
        assert!(HubSettings::default().write("dhow = 1\n", &[]).is_err());
        let inline = HubSettings::default().write("dhow = { verify-sources = true }\n", &[]).expect("writes");
        assert_eq!(HubSettings::read(&inline), Ok(Some(HubSettings::default())));
        assert!(inline.contains("verify-sources = true"), "{inline}");
    }
}
