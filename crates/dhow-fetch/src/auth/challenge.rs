//! `WWW-Authenticate: Cargo login_url="…"`: where a registry gives out tokens.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use url::Url;

/// The URL that the registry names, if it names one.
pub(crate) fn login_url(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(WWW_AUTHENTICATE);
    values.iter().filter_map(|value| value.to_str().ok()).find_map(of_challenges)
}

/// A header may hold several challenges, each a word with its parameters.
fn of_challenges(text: &str) -> Option<String> {
    let mut rest = text;
    let mut is_ours = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            is_ours = word.eq_ignore_ascii_case("cargo");
            rest = after;
            continue;
        };
        let (value, after) = parameter(value.trim_start())?;
        if is_ours && word.eq_ignore_ascii_case("login_url") {
            return Url::parse(&value).ok().map(|_| value);
        }
        rest = after;
    }
}

/// A quoted text or a word, and what follows.
fn parameter(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_among_other_challenges() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(of_challenges(text).as_deref(), expect, "{text}");
        };
        check("Cargo login_url=\"https://h/me\"", Some("https://h/me"));
        check("Basic realm=\"a, b\", cargo x=1, login_url=\"https://h/\\me\"", Some("https://h/me"));
        check("Basic login_url=\"https://h/me\"", None);
        check("Cargo login_url=nonsense", None);
        check("Cargo login_url=\"https://h/me", None);
        check("Cargo", None);
        check("", None);
    }
}
