//! Names: fast maps and sets of them (and of numbers and addresses), and what may be a misspelling of what.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};

use dhow_model::InternedString;

/// A map with a fast hash. Never iterated where order would show.
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;
/// A set with a fast hash. Never iterated where order would show.
pub(crate) type FastSet<K> = HashSet<K, BuildHasherDefault<FastHasher>>;

/// Multiplies and folds; keys come from our own tables, so nobody chooses them to collide.
#[derive(Default)]
pub(crate) struct FastHasher(u64);

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl FastHasher {
    fn add(&mut self, value: u64) {
        let product = u128::from(self.0.rotate_left(23) ^ value) * u128::from(MULTIPLIER);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
        let folded = (product >> 64) as u64 ^ product as u64;
        self.0 = folded;
    }
}

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A name, hashed by its address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Name(pub(crate) InternedString);

impl Name {
    pub(crate) fn address(self) -> usize {
        self.0.as_str().as_ptr().addr()
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.address());
    }
}

/// A set of names, for membership only: sorted by address.
#[derive(Clone, Default, Debug)]
pub(crate) struct NameSet(Vec<InternedString>);

impl NameSet {
    pub(crate) fn contains(&self, name: InternedString) -> bool {
        self.position(name).is_ok()
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, name: InternedString) -> bool {
        match self.position(name) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, name);
                true
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = InternedString> + '_ {
        self.0.iter().copied()
    }

    fn position(&self, name: InternedString) -> Result<usize, usize> {
        let wanted = (Name(name).address(), name.len());
        self.0.binary_search_by_key(&wanted, |n| (Name(*n).address(), n.len()))
    }
}

/// `default`, interned once.
pub(crate) fn default_name() -> InternedString {
    static DEFAULT: std::sync::LazyLock<InternedString> =
        std::sync::LazyLock::new(|| InternedString::new("default"));
    *DEFAULT
}

/// Those of `known` that `name` may be a misspelling of, nearest first, three at most.
pub fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<_> = known.filter_map(|other| Some((distance(name, other, limit)?, other))).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, other)| other.to_owned()).collect()
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour; nothing above `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|found| *found <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_found() {
        let known = ["derive", "std", "default", "serde"];
        let check = |name: &str, expect: &[&str]| assert_eq!(similar(name, known.into_iter()), expect);
        check("dervie", &["derive"]);
        check("drive", &["derive"]);
        check("sdt", &["std"]);
        check("nothing-like-it", &[]);
    }
}
