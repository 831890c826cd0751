//! Parts of the tree that have a manifest's form: read with the schema that Cargo publishes.
//!
//! An error carries the key below the value that was asked for and the place of the value at fault; it is the
//! innermost level of the walk that knows them.

use cargo_util_schemas::manifest::{TomlDependency, TomlProfile};
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::value::{Data, Definition, Table, Value};

/// What was read, and the keys that have no meaning there, dotted.
#[derive(Clone, Debug)]
pub struct Decoded<T> {
    /// The struct.
    pub value: T,
    /// Keys that nothing reads.
    pub unknown: Vec<String>,
}

/// A value that does not fit where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    /// The path of keys, from the value that was asked for.
    pub key: Vec<String>,
    /// Where the value at fault was written.
    pub definition: Option<Definition>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ValueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key.join("."))?;
        }
        f.write_str(&self.message)?;
        match &self.definition {
            Some(definition) => write!(f, " ({definition})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ValueError {}

/// Reads a table as a profile.
///
/// # Errors
/// A field with a value that it cannot have.
pub fn profile(value: &Value) -> Result<Decoded<TomlProfile>, ValueError> {
    decode(value)
}

/// Reads a string or table as a dependency of `[patch]`.
///
/// # Errors
/// A field with a value that it cannot have.
pub fn dependency(value: &Value) -> Result<Decoded<TomlDependency>, ValueError> {
    let mut decoded = decode(value)?;
    // The schema keeps what it does not know, instead of leaving it unread.
    if let TomlDependency::Detailed(detailed) = &decoded.value {
        decoded.unknown.extend(detailed._unused_keys.keys().cloned());
    }
    Ok(decoded)
}

fn decode<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<Decoded<T>, ValueError> {
    let mut unknown = Vec::new();
    let read = serde_ignored::deserialize(At(value), |path| unknown.push(path.to_string().replace(".?", "")));
    match read {
        Ok(value) => Ok(Decoded { value, unknown }),
        Err(mut error) => {
            error.key.reverse();
            Err(error)
        }
    }
}

impl de::Error for ValueError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        // The key is collected from the inside out and turned round at the end.
        Self { key: Vec::new(), definition: None, message: message.to_string().trim_end().to_owned() }
    }
}

#[derive(Clone, Copy)]
struct At<'de>(&'de Value);

impl<'de> At<'de> {
    fn within(self, error: ValueError) -> ValueError {
        ValueError { definition: error.definition.or_else(|| Some(self.0.definition.clone())), ..error }
    }
}

impl<'de> de::Deserializer<'de> for At<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let read = match &self.0.data {
            Data::Integer(number) => visitor.visit_i64(*number),
            Data::Boolean(truth) => visitor.visit_bool(*truth),
            Data::String(text) => visitor.visit_borrowed_str(text),
            Data::List(list) => visitor.visit_seq(Elements(list.iter())),
            Data::Table(table) => visitor.visit_map(Entries { rest: table.iter(), value: None }),
        };
        read.map_err(|error| self.within(error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let read = match self.0.as_str() {
            Some(text) => visitor.visit_enum(text.into_deserializer()),
            None => Err(de::Error::custom(format!("expected a string, found {}", self.0.kind()))),
        };
        read.map_err(|error| self.within(error))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Elements<'de>(std::slice::Iter<'de, Value>);

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        self.0.next().map(|value| seed.deserialize(At(value))).transpose()
    }
}

struct Entries<'de> {
    rest: <&'de Table as IntoIterator>::IntoIter,
    value: Option<(&'de String, &'de Value)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ValueError> {
        self.value = self.rest.next();
        let Some((key, value)) = self.value else { return Ok(None) };
        let key: StrDeserializer<'_, ValueError> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| At(value).within(error))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ValueError> {
        let (key, value) = self.value.take().ok_or_else(|| de::Error::custom("a value before its key"))?;
        seed.deserialize(At(value)).map_err(|error| {
            let mut error = At(value).within(error);
            error.key.push(key.clone());
            error
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cargo_util_schemas::manifest::{StringOrBool, TomlDebugInfo};

    use super::super::parse::{Origin, parse};
    use super::*;

    fn value(text: &str) -> Value {
        let definition = Definition::Cli;
        let origin = Origin::File(Path::new("/x/.cargo/config.toml").into());
        Value::new(Data::Table(parse(text, &origin).expect("parses")), definition)
    }

    #[test]
    fn a_profile_with_all_kinds_of_fields() {
        let text = "opt-level = 's'\ndebug = 1\nlto = true\ncodegen-units = 4\nstrip = 'symbols'\nfoo = 1\n\
                    [build-override]\nopt-level = 3\nbar = 2\n[package.'*']\ndebug = false\n";
        let Decoded { value: profile, unknown } = profile(&value(text)).expect("decodes");
        assert_eq!(profile.opt_level.expect("set").0, "s");
        assert_eq!(profile.debug, Some(TomlDebugInfo::Limited));
        assert_eq!(profile.lto, Some(StringOrBool::Bool(true)));
        assert_eq!(profile.codegen_units, Some(4));
        assert_eq!(profile.build_override.expect("set").opt_level.expect("set").0, "3");
        assert_eq!(profile.package.expect("set").len(), 1);
        assert_eq!(unknown, ["build-override.bar", "foo"]);
    }

    #[test]
    fn errors_name_key_and_line() {
        let error = profile(&value("debug = 1\n[package.foo]\ncodegen-units = 'x'\n")).expect_err("a string");
        assert_eq!(error.key, ["package", "foo", "codegen-units"]);
        assert_eq!(error.definition.expect("known").to_string(), "/x/.cargo/config.toml:3");
        let error = profile(&value("debug = 'everything'\n")).expect_err("no such level");
        assert_eq!(error.key, ["debug"]);
        assert!(profile(&value("opt-level = []\n")).is_err());
        assert!(profile(&value("codegen-units = -1\n")).is_err());
    }

    #[test]
    fn dependencies_of_a_patch() {
        let table = value("a = '1.0'\nb = { path = 'x', features = ['f'], zzz = 1 }\nc = true\n");
        let table = table.as_table().expect("a table");
        assert!(matches!(dependency(&table["a"]).expect("decodes").value, TomlDependency::Simple(_)));
        let b = dependency(&table["b"]).expect("decodes");
        assert_eq!(b.unknown, ["zzz"]);
        let TomlDependency::Detailed(detailed) = b.value else { panic!("a table") };
        assert_eq!(detailed.path.as_deref(), Some("x"));
        assert!(dependency(&table["c"]).is_err());
    }
}
