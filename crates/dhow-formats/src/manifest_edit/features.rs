//! The `[features]` table, as far as dependencies are mentioned in it.

use dhow_model::FeatureValue;
use toml_edit::{Array, Item, RawString, Table, Value};

use super::{EditError, ManifestEditor};

/// What a name is among the dependencies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Absent,
    Optional,
    Required,
}

impl ManifestEditor {
    /// Whether some feature says `dep:key`: then `key` by itself is no feature.
    pub fn has_explicit_activation(&self, key: &str) -> bool {
        let lists = self.feature_table().into_iter().flat_map(Table::iter);
        let values = lists.filter_map(|(_, list)| list.as_array()).flatten().filter_map(Value::as_str);
        values
            .map(FeatureValue::parse)
            .any(|value| matches!(value, FeatureValue::Dep { dep_name } if dep_name == *key))
    }

    /// Adds the feature `key` that turns on the optional dependency of that name.
    ///
    /// # Errors
    /// `features` is no table.
    pub fn add_activation(&mut self, key: &str) -> Result<(), EditError> {
        let features = self.find_or_make(&["features"])?;
        let list: Value = [format!("dep:{key}")].iter().collect();
        features[key] = toml_edit::value(list);
        Ok(())
    }

    /// After a dependency has changed: takes out of features what they say about it and no longer can.
    pub fn tidy_features(&mut self, key: &str) {
        let explicit = self.has_explicit_activation(key);
        let status = self.status(key);
        let Some(Item::Table(features)) = self.document.get_mut("features") else { return };
        for (_, list) in features.iter_mut() {
            if let Some(list) = list.as_array_mut() {
                tidy_list(list, key, status, explicit);
            }
        }
    }

    fn feature_table(&self) -> Option<&Table> {
        self.document.get("features").and_then(Item::as_table)
    }

    fn status(&self, key: &str) -> Status {
        let mut status = Status::Absent;
        for (_, item) in self.dependency_tables() {
            let Some(entry) = item.as_table().and_then(|table| table.get(key)) else { continue };
            if entry.get("optional").and_then(Item::as_bool) == Some(true) {
                return Status::Optional;
            }
            status = Status::Required;
        }
        status
    }
}

/// Removes one value. Whole lines around it, which may be comments, go to what follows.
fn take_out(list: &mut Array, at: usize) {
    let value = list.remove(at);
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let (before, after) = (text(value.decor().prefix()), text(value.decor().suffix()));
    let above = before.rfind('\n').map_or("", |end| &before[..=end]);
    let below = after.split_once('\n').map(|(_, below)| format!("{below}\n")).unwrap_or_default();
    let kept = format!("{above}{below}");
    match list.get_mut(at) {
        Some(next) => {
            let prefix = text(next.decor().prefix());
            next.decor_mut().set_prefix(kept + &prefix);
        }
        None => {
            let trailing = text(Some(list.trailing()));
            list.set_trailing(kept + &trailing);
        }
    }
}

fn tidy_list(list: &mut Array, key: &str, status: Status, explicit: bool) {
    let is_stale = |value: &Value| {
        let Some(value) = value.as_str() else { return false };
        match (status, FeatureValue::parse(value)) {
            (Status::Optional, _) | (Status::Required, FeatureValue::DepFeature { .. }) => false,
            (_, FeatureValue::Feature(name)) => !explicit && name == *key,
            (_, FeatureValue::Dep { dep_name } | FeatureValue::DepFeature { dep_name, .. }) => {
                dep_name == *key
            }
        }
    };
    for at in (0..list.len()).rev() {
        if list.get(at).is_some_and(is_stale) {
            take_out(list, at);
        }
    }
    if status != Status::Required {
        return;
    }
    for value in list.iter_mut() {
        // What is always there is not weak.
        if let Some(FeatureValue::DepFeature { dep_name, dep_feature, weak: true }) =
            value.as_str().map(FeatureValue::parse)
            && dep_name == *key
        {
            let decor = value.decor().clone();
            *value = Value::from(format!("{dep_name}/{dep_feature}"));
            *value.decor_mut() = decor;
        }
    }
}
