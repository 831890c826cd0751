//! Names with `*`, `?` and `[…]`, as the command line accepts them for packages and targets.

/// Whether `text` is a pattern rather than a name.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', ']'])
}

/// Whether `name` matches `pattern`: `*` any characters, `?` one, `[abc]`, `[a-z]`, `[!abc]` one of a set.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    matches_from(&pattern, &name)
}

fn matches_from(pattern: &[char], name: &[char]) -> bool {
    match (pattern.first(), name.first()) {
        (None, None) => true,
        (Some('*'), _) => {
            matches_from(&pattern[1..], name) || (!name.is_empty() && matches_from(pattern, &name[1..]))
        }
        (Some('?'), Some(_)) => matches_from(&pattern[1..], &name[1..]),
        (Some('['), Some(&c)) => match pattern.iter().skip(2).position(|&p| p == ']') {
            Some(end) => in_set(&pattern[1..end + 2], c) && matches_from(&pattern[end + 3..], &name[1..]),
            None => c == '[' && matches_from(&pattern[1..], &name[1..]),
        },
        (Some(p), Some(c)) => p == c && matches_from(&pattern[1..], &name[1..]),
        _ => false,
    }
}

fn in_set(set: &[char], c: char) -> bool {
    let (negated, set) = match set.first() {
        Some('!') if set.len() > 1 => (true, &set[1..]),
        _ => (false, set),
    };
    let mut found = false;
    let mut rest = set;
    while let [first, tail @ ..] = rest {
        match tail {
            ['-', last, after @ ..] => {
                found |= (*first..=*last).contains(&c);
                rest = after;
            }
            _ => {
                found |= *first == c;
                rest = tail;
            }
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*c*", "abcd", true),
            ("?b", "ab", true),
            ("?", "", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("plain", "plain", true),
            ("plain", "plainer", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} against {name}");
        }
        assert!(is_pattern("a*") && !is_pattern("a-b"));
    }
}
