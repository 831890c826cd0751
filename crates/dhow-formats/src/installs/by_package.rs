//! Maps whose keys are packages, written `name version (source)`, in the order of packages, not of their text.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use dhow_model::PackageId;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{package_text, parse_package};

pub(super) fn serialize<T: Serialize, S: Serializer>(
    map: &BTreeMap<PackageId, T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(map.iter().map(|(id, value)| (package_text(*id), value)))
}

pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<PackageId, T>, D::Error> {
    deserializer.deserialize_map(Packages(PhantomData))
}

struct Packages<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Packages<T> {
    type Value = BTreeMap<PackageId, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of installed packages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut packages = BTreeMap::new();
        while let Some((text, value)) = map.next_entry::<String, T>()? {
            packages.insert(parse_package(&text).map_err(A::Error::custom)?, value);
        }
        Ok(packages)
    }
}
