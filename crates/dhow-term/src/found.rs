//! What a search found, one line each.

use dhow_ops::{Found, MAX_SEARCH_LIMIT};

use crate::terminal::GOOD;

/// Lines for standard output; what was looked for is green in them.
pub fn found_lines(found: &Found, query: &str, limit: u32) -> String {
    let names: Vec<String> =
        found.packages.iter().map(|(name, version, _)| format!("{name} = \"{version}\"")).collect();
    let margin = names.iter().map(|name| name.len() + 4).max().unwrap_or_default();
    let width = 128usize.saturating_sub(margin).max(80);
    let mut text = String::new();
    for (name, (_, _, description)) in names.iter().zip(&found.packages) {
        let line = match description {
            Some(words) => format!("{name:<margin$}# {}", shortened(&words.replace('\n', " "), width)),
            None => name.clone(),
        };
        if query.is_empty() {
            text.push_str(&line);
        } else {
            text.push_str(&line.replace(query, &format!("{GOOD}{query}{GOOD:#}")));
        }
        text.push('\n');
    }
    let more = found.total.saturating_sub(limit);
    if more > 0 {
        let hint = match &found.web_page {
            _ if limit < MAX_SEARCH_LIMIT => " (use --limit N to see more)".to_owned(),
            Some(page) => format!(" (go to {page} to see more)"),
            None => String::new(),
        };
        text.extend([format!("... and {more} crates more{hint}\n")]);
    }
    text
}

fn shortened(text: &str, width: usize) -> String {
    let mut chars = text.chars();
    let mut start: String = chars.by_ref().take(width - 1).collect();
    if chars.next().is_some() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_cargo() {
        let package =
            |name: &str, words: Option<&str>| (name.to_owned(), "1.0.0".to_owned(), words.map(str::to_owned));
        let long = "x".repeat(200);
        let packages =
            vec![package("ab", Some("two\nlines")), package("abcd", Some(&long)), package("c", None)];
        let found = Found { packages, total: 7, web_page: Some("page".to_owned()) };
        let text = anstream::adapter::strip_str(&found_lines(&found, "ab", 3)).to_string();
        let expect = format!(
            "ab = \"1.0.0\"      # two lines\nabcd = \"1.0.0\"    # {}…\nc = \"1.0.0\"\n... and 4 crates more (use --limit N to see more)\n",
            "x".repeat(109)
        );
        assert_eq!(text, expect);
        let all = found_lines(&found, "", 100);
        assert!(!all.contains("more"), "{all}");
    }
}
