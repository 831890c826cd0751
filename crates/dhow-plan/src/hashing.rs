//! Hashes over named fields: no two different lists of fields give the same bytes.

use dhow_model::InternedString;
use dhow_workspace::{Profile, StripKind};

use crate::unit::UnitLto;

/// What a field can hold.
pub(crate) trait Bytes {
    fn bytes(&self) -> &[u8];
}

impl<T: Bytes + ?Sized> Bytes for &T {
    fn bytes(&self) -> &[u8] {
        (**self).bytes()
    }
}

impl Bytes for str {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Bytes for String {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Bytes for InternedString {
    fn bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }
}

impl Bytes for [u8] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl Bytes for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl<const N: usize> Bytes for [u8; N] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// A BLAKE3 hash that is fed with fields.
pub(crate) struct FieldHasher(blake3::Hasher);

impl FieldHasher {
    /// `purpose` keeps hashes of different things apart.
    pub(crate) fn new(purpose: &str) -> Self {
        let mut hasher = Self(blake3::Hasher::new());
        hasher.raw(purpose.as_bytes());
        hasher
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// One field.
    pub(crate) fn field(&mut self, name: &str, value: impl Bytes) {
        self.raw(name.as_bytes());
        self.raw(value.bytes());
    }

    /// A field that may be missing, which is something else than being empty.
    pub(crate) fn optional(&mut self, name: &str, value: Option<impl Bytes>) {
        match value {
            Some(value) => self.field(name, value),
            None => self.raw(name.as_bytes()),
        }
        self.0.update(&[0xff]);
    }

    /// A list: its length counts.
    pub(crate) fn list(&mut self, name: &str, values: impl IntoIterator<Item = impl Bytes>) {
        self.raw(name.as_bytes());
        let mut count = 0_u64;
        for value in values {
            self.raw(value.bytes());
            count += 1;
        }
        self.0.update(&count.to_le_bytes());
        self.0.update(&[0xfe]);
    }

    pub(crate) fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// All of a profile that decides output; its name does not.
    pub(crate) fn profile(&mut self, profile: &Profile) {
        self.field("opt-level", profile.opt_level);
        self.field("lto-setting", format!("{:?}", profile.lto));
        self.field("codegen-units", format!("{:?}", profile.codegen_units));
        self.optional("codegen-backend", profile.codegen_backend);
        self.field("debuginfo", profile.debuginfo.level().as_str());
        self.optional("split-debuginfo", profile.split_debuginfo);
        self.field("switches", self::switches(profile));
        self.field("panic", profile.panic.as_str());
        let strip = match profile.strip.kind() {
            StripKind::None => None,
            StripKind::Named(kind) => Some(kind),
        };
        self.optional("strip", strip);
        self.list("profile-rustflags", &profile.rustflags);
    }

    pub(crate) fn lto(&mut self, lto: UnitLto) {
        self.field("lto", format!("{lto:?}"));
    }
}

fn switches(profile: &Profile) -> [u8; 4] {
    [profile.debug_assertions, profile.overflow_checks, profile.rpath, profile.incremental].map(u8::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(fill: impl FnOnce(&mut FieldHasher)) -> [u8; 32] {
        let mut hasher = FieldHasher::new("test");
        fill(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn borders_between_fields_count() {
        assert_ne!(hash(|h| h.field("a", "bc")), hash(|h| h.field("ab", "c")));
        assert_ne!(hash(|h| h.list("a", ["b", "c"])), hash(|h| h.list("a", ["bc"])));
        assert_ne!(hash(|h| h.optional("a", None::<&str>)), hash(|h| h.optional("a", Some(""))));
        let two_lists = |first: &[&str], second: &[&str]| {
            hash(|h| {
                h.list("l", first);
                h.list("l", second);
            })
        };
        assert_ne!(two_lists(&["a"], &["b"]), two_lists(&["a", "b"], &[]));
    }
}
