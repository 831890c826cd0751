//! Rust code as tokens: the paths and string literals in it, without what is compiled for tests only.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path such as `std::fs::read`, with the line it begins in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodePath {
    /// Its parts; a glob is `*`.
    pub(crate) segments: Vec<String>,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Whether it stands in a `use`.
    pub(crate) imported: bool,
}

impl CodePath {
    /// Whether `segments` stand side by side somewhere in the path.
    pub(crate) fn contains(&self, segments: &[&str]) -> bool {
        self.segments.windows(segments.len()).any(|window| window == segments)
    }

    /// Whether the path begins with `segments`.
    pub(crate) fn starts_with(&self, segments: &[&str]) -> bool {
        self.segments.get(..segments.len()).is_some_and(|start| start == segments)
    }
}

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Every path of two parts or more, and every import.
    pub(crate) paths: Vec<CodePath>,
    /// Every string literal with its line; documentation is none.
    pub(crate) literals: Vec<(String, usize)>,
}

/// Reads a file. The error says why it is no Rust.
pub(crate) fn parse(text: &str) -> Result<Code, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("is not Rust: {error}"))?;
    let mut code = Code::default();
    code.read(tokens);
    Ok(code)
}

impl Code {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at = match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    match after_attribute(&tokens, at) {
                        // `#![cfg(test)]` covers all that follows.
                        Some(attribute) if attribute.for_tests && attribute.inner => return,
                        Some(attribute) if attribute.for_tests => after_item(&tokens, attribute.end),
                        Some(attribute) => attribute.end,
                        None => at + 1,
                    }
                }
                TokenTree::Ident(ident) if ident == "use" => self.read_use(&tokens, at + 1),
                TokenTree::Ident(_) => self.read_path(&tokens, at),
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    at + 1
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.contains('"') {
                        self.literals.push((text, literal.span().start().line));
                    }
                    at + 1
                }
                TokenTree::Punct(_) => at + 1,
            };
        }
    }

    /// Reads `a::b::c` from `at`; returns where it ends.
    fn read_path(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        let line = tokens[at].span().start().line;
        let mut segments = vec![tokens[at].to_string()];
        at += 1;
        while is_colons(tokens, at)
            && let Some(TokenTree::Ident(ident)) = tokens.get(at + 2)
        {
            segments.push(ident.to_string());
            at += 3;
        }
        if segments.len() > 1 {
            self.paths.push(CodePath { segments, line, imported: false });
        }
        at
    }

    /// Reads the tree of a `use` from `at`; returns where it ends.
    fn read_use(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let semicolon = tokens[at..].iter().position(|token| is_punct(token, ';'));
        // `use<'a>` bounds are no imports: they have no semicolon of their own.
        if tokens.get(at).is_some_and(|token| is_punct(token, '<')) {
            return at + 1;
        }
        let end = semicolon.map_or(tokens.len(), |length| at + length);
        self.read_use_tree(&[], &tokens[at..end]);
        end
    }

    fn read_use_tree(&mut self, prefix: &[String], tokens: &[TokenTree]) {
        for branch in tokens.split(|token| is_punct(token, ',')) {
            let mut segments = prefix.to_vec();
            let Some(first) = branch.first() else {
                continue;
            };
            let line = first.span().start().line;
            let mut ended = false;
            for token in branch {
                match token {
                    // What follows is another name for the same thing.
                    TokenTree::Ident(ident) if ident == "as" => break,
                    TokenTree::Ident(ident) => segments.push(ident.to_string()),
                    TokenTree::Punct(punct) if punct.as_char() == '*' => segments.push("*".into()),
                    TokenTree::Group(group) => {
                        let inner: Vec<_> = group.stream().into_iter().collect();
                        self.read_use_tree(&segments, &inner);
                        ended = true;
                    }
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                }
            }
            if !ended {
                self.paths.push(CodePath { segments, line, imported: true });
            }
        }
    }
}

struct Attribute {
    for_tests: bool,
    inner: bool,
    end: usize,
}

fn after_attribute(tokens: &[TokenTree], at: usize) -> Option<Attribute> {
    let inner = tokens.get(at + 1).is_some_and(|token| is_punct(token, '!'));
    let place = at + 1 + usize::from(inner);
    let TokenTree::Group(group) = tokens.get(place)? else {
        return None;
    };
    let for_tests = group.delimiter() == Delimiter::Bracket && is_cfg_test(group);
    Some(Attribute { for_tests, inner, end: place + 1 })
}

/// `[cfg(test)]` and `[cfg(all(test, …))]`, but not `[cfg(not(test))]` or `[cfg(any(test, …))]`.
fn is_cfg_test(group: &Group) -> bool {
    let compact: String = group.stream().to_string().split_whitespace().collect();
    let Some(condition) = compact.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) else {
        return compact == "test";
    };
    let all = condition.strip_prefix("all(").and_then(|rest| rest.strip_suffix(')'));
    all.unwrap_or(condition).split(',').any(|part| part == "test")
}

/// Where the item from `at` ends, its other attributes included.
fn after_item(tokens: &[TokenTree], mut at: usize) -> usize {
    let mut needs_semicolon = false;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                at = after_attribute(tokens, at).map_or(at + 1, |attribute| attribute.end);
                continue;
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => return at + 1,
            TokenTree::Ident(ident) => {
                needs_semicolon |= ["use", "static", "type", "let"].iter().any(|keyword| ident == keyword);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !needs_semicolon => {
                return at + 1;
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    at
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at| tokens.get(at).is_some_and(|token| is_punct(token, ':'));
    colon(at) && colon(at + 1)
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let paths = parse(text).unwrap().paths;
        let seen: Vec<String> = paths
            .iter()
            .map(|path| format!("{}{}", path.segments.join("::"), if path.imported { ";" } else { "" }))
            .collect();
        assert_eq!(seen, expect, "{text}");
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        check("fn f() { let x = [std::fs::read(a::b)?]; }", &["std::fs::read", "a::b"]);
        check("fn f(x: Vec<crate::a::B>) -> impl Fn(super::C) {}", &["crate::a::B", "super::C"]);
        check("macro_rules! m { () => { $crate::a::b } }", &["crate::a::b"]);
    }

    #[test]
    fn imports_are_spread_out() {
        check(
            "use a::{self, b::{C, d as E}, *}; pub(crate) use f;",
            &["a::self;", "a::b::C;", "a::b::d;", "a::*;", "f;"],
        );
    }

    #[test]
    fn text_is_not_code() {
        check("//! std::fs\n/// std::fs\nfn f() { /* std::fs */ \"std::fs\"; }", &[]);
    }

    #[test]
    fn tests_are_passed_over() {
        check("#[cfg(test)] mod tests { use a::b; } use c::d;", &["c::d;"]);
        check("#[cfg(test)] #[path = \"x\"] mod tests; use c::d;", &["c::d;"]);
        check("#[cfg(test)] use a::{b, c}; use c::d;", &["c::d;"]);
        check("#[cfg(all(test, unix))] impl a::B { } use c::d;", &["c::d;"]);
        check("#![cfg(test)] use c::d;", &[]);
        check("#[cfg(not(test))] use c::d;", &["c::d;"]);
        check("#[test] fn f() { a::b() }", &[]);
    }

    #[test]
    fn lines_and_literals() {
        let code = parse("\n\nfn f() { a::b(\"text\", 1, 'c', r\"raw\") }").unwrap();
        assert_eq!(code.paths[0].line, 3);
        assert_eq!(code.literals, [("\"text\"".into(), 3), ("r\"raw\"".into(), 3)]);
    }
}
