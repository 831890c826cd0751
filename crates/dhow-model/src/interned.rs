//! Interned strings: copied as a pointer, compared as a pointer, ordered and hashed as text.
//!
//! Names repeat thousands of times in a dependency graph. They live until the process ends, which for a
//! command-line tool is soon.

use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex};

static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// A string that exists once in the process: equal strings have equal addresses.
#[derive(Clone, Copy)]
pub struct InternedString(&'static str);

impl InternedString {
    /// The interned twin of `text`.
    pub fn new(text: &str) -> Self {
        let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = names.get(text) {
            return Self(known);
        }
        let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
        names.insert(kept);
        Self(kept)
    }

    /// The text, which outlives everybody.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl PartialEq for InternedString {
    fn eq(&self, other: &Self) -> bool {
        // The empty string of two slices may share an address with a longer one, so the length counts too.
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for InternedString {}

impl PartialEq<str> for InternedString {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for InternedString {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialOrd for InternedString {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for InternedString {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(other.0)
    }
}

impl Hash for InternedString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As text, so that a stable hasher gives the same answer in every process.
        self.0.hash(state);
    }
}

impl Deref for InternedString {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl AsRef<str> for InternedString {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl std::borrow::Borrow<str> for InternedString {
    fn borrow(&self) -> &str {
        self.0
    }
}

impl From<&str> for InternedString {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for InternedString {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for InternedString {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl fmt::Display for InternedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for InternedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::InternedString;

    #[test]
    fn equal_text_is_equal_and_other_text_is_not() {
        let built = format!("to{}", "kio");
        assert_eq!(InternedString::new("tokio"), InternedString::from(built));
        assert_ne!(InternedString::new("tokio"), InternedString::new("toki"));
        assert_eq!(InternedString::new(""), InternedString::new(""));
        assert!(InternedString::new("a") < InternedString::new("b"));
    }
}
