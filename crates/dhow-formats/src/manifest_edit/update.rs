//! Changes an entry that is there: what it says besides stays, in its order and with its comments.

use std::path::Path;

use toml_edit::{Item, KeyMut, TableLike, Value};

use super::EditError;
use super::entry::{DependencyEntry, EntrySource};

/// Makes `item` say what `entry` says.
pub(super) fn update(
    entry: &DependencyEntry,
    dir: &Path,
    key: &mut KeyMut<'_>,
    item: &mut Item,
) -> Result<(), EditError> {
    if item.is_str() || item.as_table_like().is_some_and(|table| table.len() == 1) {
        replace(item, entry.to_item(dir)?);
        return Ok(());
    }
    let table = item.as_table_like_mut().ok_or_else(|| EditError::NotATable(key.get().to_owned()))?;
    if let Some(source) = &entry.source {
        update_source(source, dir, table)?;
        if *source == EntrySource::Workspace {
            key.fmt();
        }
    }
    match entry.registry.as_deref().filter(|_| table.contains_key("version")) {
        Some(registry) => set(table, "registry", registry),
        None => unset(table, "registry"),
    }
    if entry.rename.is_some() {
        set(table, "package", entry.name.as_str());
    }
    set_or_unset(table, "default-features", entry.default_features);
    match &entry.features {
        Some(features) => {
            let features = merged_features(table, features);
            table.set_dotted(false);
            set(table, "features", features);
        }
        None => unset(table, "features"),
    }
    for (key, value) in [("optional", entry.optional), ("public", entry.public)] {
        if value.is_some() {
            table.set_dotted(false);
        }
        set_or_unset(table, key, value);
    }
    Ok(())
}

/// There is nothing in the old entry to keep but the space around it.
fn replace(item: &mut Item, mut new: Item) {
    match (&*item, &mut new) {
        (Item::Value(old), Item::Value(new)) => *new.decor_mut() = old.decor().clone(),
        (Item::Table(old), Item::Table(new)) => *new.decor_mut() = old.decor().clone(),
        _ => {}
    }
    *item = new;
}

/// Keys that say where a package comes from.
const SOURCE_KEYS: [&str; 8] = ["base", "path", "git", "branch", "tag", "rev", "workspace", "version"];
/// Keys that mean nothing beside `workspace = true`.
const NOT_INHERITED: [&str; 4] = ["registry", "registry-index", "package", "default-features"];

fn update_source(source: &EntrySource, dir: &Path, table: &mut dyn TableLike) -> Result<(), EditError> {
    let mut fields = source.fields(dir)?;
    if matches!(source, EntrySource::Path { .. }) {
        // What is new goes to the end: the path before its version.
        fields.sort_by_key(|(key, _)| SOURCE_KEYS.iter().position(|known| known == key));
    }
    let kept: Vec<&str> = fields.iter().map(|(key, _)| *key).collect();
    for (key, value) in fields {
        set(table, key, value);
    }
    for key in SOURCE_KEYS.into_iter().filter(|key| !kept.contains(key)) {
        unset(table, key);
    }
    if *source == EntrySource::Workspace {
        table.set_dotted(true);
        NOT_INHERITED.into_iter().for_each(|key| unset(table, key));
    }
    Ok(())
}

/// Those that are there and those that are wanted, in order if they were in order.
fn merged_features(table: &dyn TableLike, wanted: &[String]) -> Value {
    let old = table.get("features").and_then(Item::as_array);
    let old: Option<Vec<&str>> = old.and_then(|array| array.iter().map(Value::as_str).collect());
    let mut features = Vec::new();
    let was_sorted = old.as_ref().is_none_or(|old| old.is_sorted());
    for feature in old.into_iter().flatten().chain(wanted.iter().map(String::as_str)) {
        if !features.contains(&feature) {
            features.push(feature);
        }
    }
    if was_sorted {
        features.sort_unstable();
    }
    features.into_iter().collect()
}

fn set_or_unset(table: &mut dyn TableLike, key: &str, value: Option<bool>) {
    match value {
        Some(value) => set(table, key, value),
        None => unset(table, key),
    }
}

fn set(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    let place = table.entry(key).or_insert_with(Item::default);
    if let Some(old) = place.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *place = Item::Value(value);
}

fn unset(table: &mut dyn TableLike, key: &str) {
    table.remove(key);
}
