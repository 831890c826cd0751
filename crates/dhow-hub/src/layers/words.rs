//! Texts as words, so that `#[cfg]`, `Proc-Macro` and `proc_macro` are found as what they are.

use super::Facts;

/// What a package says of itself, in words.
pub(super) struct Words {
    keywords: Vec<Vec<String>>,
    description: Vec<String>,
}

impl Words {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        Self {
            keywords: facts.keywords.iter().map(|keyword| split(keyword)).collect(),
            description: facts.description.map(split).unwrap_or_default(),
        }
    }

    /// Whether one of the keywords is this.
    pub(super) fn has_keyword(&self, wanted: &str) -> bool {
        let wanted = split(wanted);
        self.keywords.iter().any(|keyword| same(keyword, &wanted))
    }

    /// Whether the description has these words in a row.
    pub(super) fn describes(&self, wanted: &str) -> bool {
        let wanted = split(wanted);
        self.description.windows(wanted.len()).any(|words| same(words, &wanted))
    }
}

/// Letters and digits in small letters; everything else stands between words. Addresses are no words.
fn split(text: &str) -> Vec<String> {
    let words = text
        .split_whitespace()
        .map(without_address)
        .flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What stands in front of `https://…`.
fn without_address(part: &str) -> &str {
    match part.split_once("://") {
        Some((before, _)) => before.trim_end_matches(char::is_alphanumeric),
        None => part,
    }
}

/// The last word may be plural.
fn same(words: &[String], wanted: &[String]) -> bool {
    let (Some((last, words)), Some((wanted_last, wanted))) = (words.split_last(), wanted.split_last()) else {
        return false;
    };
    words == wanted && last.strip_prefix(wanted_last.as_str()).is_some_and(|rest| matches!(rest, "" | "s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_spelling() {
        let keywords = ["proc_macro".to_owned(), "mutexes".to_owned()];
        let description = "Rust's I/O for large numbers of #[cfg]s, Proc-Macros too.";
        let facts = Facts { keywords: &keywords, description: Some(description), ..Facts::default() };
        let words = Words::of(&facts);
        assert!(words.has_keyword("proc-macro"));
        assert!(!words.has_keyword("macro"), "a keyword is meant as a whole");
        for said in ["i/o", "cfg", "proc macro", "number"] {
            assert!(words.describes(said), "{said}");
        }
        let linked =
            Facts { description: Some("See [UAX #24](http://unix.example/io) for tls"), ..Facts::default() };
        let linked = Words::of(&linked);
        assert!(linked.describes("24") && linked.describes("tls"));
        assert!(!linked.describes("http") && !linked.describes("unix") && !linked.describes("io"));
        for not_said in ["number of cats", "cf", "o f", "macro proc"] {
            assert!(!words.describes(not_said), "{not_said}");
        }
        assert!(!Words::of(&Facts::default()).describes("cfg"));
    }
}
