//! Text of strangers on its way into a page, and the filling of the template.

use std::fmt::Write as _;

/// A text as HTML, between tags or between quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(character),
            _ if character.is_control() => html.push(char::REPLACEMENT_CHARACTER),
            _ => html.push(character),
        }
    }
    html
}

/// JSON inside of a `script` element: what could end the element, or begin a comment in it, only occurs in strings,
/// where it may be written as a number.
pub(super) fn for_script(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
            // Into a string: it cannot fail.
            write!(text, "\\u{:04x}", u32::from(character)).ok();
        } else {
            text.push(character);
        }
    }
    text
}

/// The address of a page, if that is what it is: nothing that a browser would run, or ask a program to open.
pub(super) fn address(text: &str) -> Option<&str> {
    let is = |scheme: &str| text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    (is("https://") || is("http://")).then_some(text)
}

/// A template with its `{{names}}` replaced; what is filled in is not looked at again.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut page =
        String::with_capacity(template.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            rest = after;
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        page.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escaped("<b a='1' b=\"2\">&"), "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;");
        assert_eq!(escaped("a\0b\u{1b}[31m\nc"), "a\u{fffd}b\u{fffd}[31m\nc");
        assert_eq!(escaped("naïve 🦀"), "naïve 🦀");
    }

    #[test]
    fn json_cannot_end_its_element() {
        let json = for_script("\"</script><!--<script>&amp;\u{2028}\"");
        assert_eq!(json, r#""\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026amp;\u2028""#);
    }

    #[test]
    fn only_addresses_of_pages_are_links() {
        for good in ["https://docs.rs/a", "http://a", "HTTPS://a"] {
            assert_eq!(address(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            " https://a",
            "data:text/html,a",
            "file:///a",
            "//a",
            "",
            "http",
            "httpſ://a",
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let values = [("a", "{{b}}"), ("b", "x")];
        assert_eq!(fill("<{{a}}|{{b}}|{{a}}>", &values), "<{{b}}|x|{{b}}>");
        assert_eq!(fill("{{none}}{{a", &values), "a");
    }
}
