//! The web API of the fixture registry: a search over the names in its index.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::http::percent_decoded;

/// The answer to `/api/v1/crates?q=…&per_page=…`: packages with `q` in their name, best is first in the alphabet.
pub(super) fn search(root: &Path, query: &str) -> String {
    let pairs: BTreeMap<&str, String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, percent_decoded(value)))
        .collect();
    let wanted = pairs.get("q").map_or("", String::as_str);
    let limit = pairs.get("per_page").and_then(|text| text.parse().ok()).unwrap_or(10);
    let mut found = BTreeMap::new();
    collect(&root.join("index"), &mut found);
    found.retain(|name, _| name.contains(wanted));
    let total = found.len();
    let crates: Vec<Value> = found
        .into_iter()
        .take(limit)
        .map(|(name, version)| {
            json!({"name": name, "max_version": version, "description": format!("A fixture\nnamed {name}.")})
        })
        .collect();
    json!({"crates": crates, "meta": {"total": total}}).to_string()
}

/// Each package's name and the version in the last line of its file.
fn collect(dir: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry of the index").path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let last = text.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(entry) = last
            && let (Some(name), Some(version)) = (entry["name"].as_str(), entry["vers"].as_str())
        {
            found.insert(name.into(), version.into());
        }
    }
}
