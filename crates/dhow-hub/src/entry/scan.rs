//! The items of one file that others can use, found by its tokens. Nothing is expanded: what stands in the braces of a
//! macro call (`cfg_rt! { pub mod task; }`) counts as if it stood outside.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::attributes::{Attributes, Conditions};

/// What stands in a module.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Public items, in order.
    pub(super) items: Vec<Item>,
    /// All modules, also private ones.
    pub(super) modules: BTreeMap<String, Child>,
    /// Its own documentation: `//!`.
    pub(super) docs: String,
    /// Files whose text is part of the documentation, relative to this one.
    pub(super) docs_in: Vec<String>,
}

/// A module in a module.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) body: Body,
    /// Whether macros of it may be for everybody: it is `#[macro_use]`, or called `macros`.
    pub(super) has_macros: bool,
}

/// Where a module is.
#[derive(Debug)]
pub(super) enum Body {
    Inline(Module),
    /// In a file; its path, if that is written.
    File(Option<String>),
}

/// Something public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Defined {
        kind: &'static str,
        name: String,
    },
    /// `pub use path as name`
    Use {
        path: Vec<String>,
        name: String,
    },
    /// `pub use path::*`
    Glob {
        path: Vec<String>,
    },
}

/// Reads a file. What is no Rust has no items.
pub(super) fn scan(text: &str, conditions: &Conditions<'_>) -> Module {
    let mut module = Module::default();
    if let Ok(tokens) = without_first_line(text).parse::<TokenStream>() {
        Scanner { conditions, module: &mut module, exporting: Vec::new() }.items(tokens, Within::Module);
    }
    module
}

/// Without a byte order mark and a `#!/…` line.
fn without_first_line(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        true => text.split_once('\n').map_or("", |(_, rest)| rest),
        false => text,
    }
}

struct Scanner<'a, 'c> {
    conditions: &'a Conditions<'c>,
    module: &'a mut Module,
    /// Macros that put `#[macro_export]` at what they are given.
    exporting: Vec<String>,
}

/// In what tokens stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Module,
    /// In a macro call: what is no item may have items in its braces.
    Call,
    /// In the call of a macro that exports macros.
    ExportingCall,
}

/// What a token begins.
const ITEMS: [&str; 11] =
    ["fn", "struct", "enum", "union", "trait", "type", "static", "const", "mod", "use", "impl"];

impl Scanner<'_, '_> {
    fn items(&mut self, tokens: TokenStream, within: Within) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.item(&tokens, at, within).max(at + 1);
        }
    }

    /// Reads what begins here; gives back where the next begins.
    fn item(&mut self, tokens: &[TokenTree], mut at: usize, within: Within) -> usize {
        let (attributes, inner) = Attributes::read(tokens, &mut at, self.conditions);
        self.module.docs.push_str(&inner.docs);
        self.module.docs_in.extend(inner.docs_in);
        let is_public = visibility(tokens, &mut at);
        let is_shown = is_public && !attributes.is_hidden;
        modifiers(tokens, &mut at);
        let Some(token) = tokens.get(at) else { return at };
        if let TokenTree::Group(group) = token {
            // `if #[cfg(unix)] { … }` of `cfg_if!`.
            if within != Within::Module && group.delimiter() == Delimiter::Brace && !attributes.is_off {
                self.items(group.stream(), within);
            }
            return at + 1;
        }
        let Some(word) = word(token) else { return at + 1 };
        let is_call = punct(tokens.get(at + 1), '!') || punct(tokens.get(at + 1), ':');
        match word.as_str() {
            "extern" => return self.foreign(tokens, at, &attributes, is_shown),
            word if ITEMS.contains(&word) => {}
            _ if is_call => return self.call(tokens, at, &attributes, within),
            _ => return at + 1,
        }
        let is_mutable = tokens.get(at + 1).and_then(self::word).is_some_and(|word| word == "mut");
        let name = tokens.get(at + 1 + usize::from(is_mutable)).and_then(self::word);
        let (end, body) = end(tokens, at, matches!(word.as_str(), "use" | "const" | "static" | "type"));
        if attributes.is_off {
            return end;
        }
        match (word.as_str(), name) {
            ("use", _) if is_shown => self.imports(&tokens[at + 1..end.saturating_sub(1)], &[]),
            ("mod", Some(name)) => self.module(name, body, &attributes, is_shown),
            ("use" | "impl", _) | (_, None) => {}
            (word, Some(name)) if is_shown => match &attributes.macro_kind {
                Some((kind, macro_name)) => self.defined(kind, macro_name.clone().unwrap_or(name)),
                None => self.defined(kind_of(word), name),
            },
            _ => {}
        }
        end
    }

    fn defined(&mut self, kind: &'static str, name: String) {
        self.module.items.push(Item::Defined { kind, name });
    }

    fn module(&mut self, name: String, body: Option<&Group>, attributes: &Attributes, is_shown: bool) {
        let body = match body {
            Some(group) => {
                let mut inner = Module::default();
                let exporting = self.exporting.clone();
                Scanner { conditions: self.conditions, module: &mut inner, exporting }
                    .items(group.stream(), Within::Module);
                Body::Inline(inner)
            }
            None => Body::File(attributes.path.clone()),
        };
        if is_shown {
            self.defined("module", name.clone());
        }
        let has_macros = attributes.macro_use || name == "macros";
        self.module.modules.entry(name).or_insert(Child { body, has_macros });
    }

    /// `name! { … }`, `path::name! { … }`, and `macro_rules! name { … }`.
    fn call(
        &mut self,
        tokens: &[TokenTree],
        mut at: usize,
        attributes: &Attributes,
        within: Within,
    ) -> usize {
        let mut name = String::new();
        while let Some(token) = tokens.get(at).filter(|token| !punct(Some(token), '!')) {
            match word(token) {
                Some(word) => name = word,
                None if punct(Some(token), ':') => {}
                None => return at,
            }
            at += 1;
        }
        at += 1;
        let group = |at: usize| match tokens.get(at) {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        };
        if name == "macro_rules" {
            if let Some(defined) = tokens.get(at).and_then(word) {
                if group(at + 1).is_some_and(|body| has_word(body.stream(), "macro_export")) {
                    self.exporting.push(defined.clone());
                }
                let is_exported = attributes.macro_export || within == Within::ExportingCall;
                if is_exported && !attributes.is_hidden && !attributes.is_off {
                    self.defined("macro", defined);
                }
            }
            return at + 2;
        }
        if let Some(group) = group(at)
            && !attributes.is_off
            && !self.conditions.is_off_by_name(&name)
        {
            let exports = self.exporting.contains(&name);
            self.items(group.stream(), if exports { Within::ExportingCall } else { Within::Call });
        }
        at + 1
    }

    /// `extern "C" { … }` and `extern crate name;`
    fn foreign(&mut self, tokens: &[TokenTree], at: usize, attributes: &Attributes, is_shown: bool) -> usize {
        let (end, body) = end(tokens, at, false);
        match body {
            Some(body) if !attributes.is_off => self.items(body.stream(), Within::Module),
            None if is_shown && !attributes.is_off => {
                self.imports(&tokens[(at + 2).min(end)..end.saturating_sub(1).max((at + 2).min(end))], &[]);
            }
            _ => {}
        }
        end
    }

    /// What `pub use` makes known.
    fn imports(&mut self, tokens: &[TokenTree], prefix: &[String]) {
        let mut path = prefix.to_vec();
        let mut renamed = None;
        let mut tokens = tokens.iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(ident) if ident == "as" => renamed = tokens.next().and_then(word),
                TokenTree::Ident(_) => path.extend(word(token)),
                TokenTree::Group(group) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inside.split(|token| punct(Some(token), ',')).filter(|part| !part.is_empty())
                    {
                        self.imports(part, &path);
                    }
                    return;
                }
                TokenTree::Punct(star) if star.as_char() == '*' => {
                    self.module.items.push(Item::Glob { path });
                    return;
                }
                _ => {}
            }
        }
        // `a::{self}` is `a`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(name) = renamed.or_else(|| path.last().cloned()).filter(|name| name != "_") {
            self.module.items.push(Item::Use { path, name });
        }
    }
}

fn kind_of(word: &str) -> &'static str {
    match word {
        "fn" => "function",
        "struct" | "union" => "struct",
        "enum" => "enum",
        "trait" => "trait",
        "static" | "const" => "constant",
        _ => "type",
    }
}

/// `pub`, and not `pub(crate)`.
fn visibility(tokens: &[TokenTree], at: &mut usize) -> bool {
    if tokens.get(*at).and_then(word).is_none_or(|word| word != "pub") {
        return false;
    }
    *at += 1;
    match tokens.get(*at) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            *at += 1;
            false
        }
        _ => true,
    }
}

/// Skips what stands in front of `fn`, `trait`, `impl` and `mod`.
fn modifiers(tokens: &[TokenTree], at: &mut usize) {
    let next_is = |at: usize, words: &[&str]| {
        tokens.get(at).and_then(word).is_some_and(|word| words.contains(&word.as_str()))
    };
    loop {
        let skipped = match tokens.get(*at).and_then(word).as_deref() {
            Some("async" | "unsafe" | "default" | "safe" | "auto")
                if matches!(tokens.get(*at + 1), Some(TokenTree::Ident(_))) =>
            {
                1
            }
            Some("const") if next_is(*at + 1, &["fn", "async", "unsafe", "extern"]) => 1,
            Some("extern") if next_is(*at + 1, &["fn"]) => 1,
            Some("extern") if next_is(*at + 2, &["fn"]) && !next_is(*at + 1, &["crate"]) => 2,
            _ => return,
        };
        *at += skipped;
    }
}

/// Where an item ends, and its braces. `by_semicolon`: braces are part of it.
fn end(tokens: &[TokenTree], from: usize, by_semicolon: bool) -> (usize, Option<&Group>) {
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return (at + 1, None),
            TokenTree::Group(group) if !by_semicolon && group.delimiter() == Delimiter::Brace => {
                return (at + 1, Some(group));
            }
            _ => {}
        }
    }
    (tokens.len(), None)
}

/// Whether a word stands somewhere in tokens.
fn has_word(tokens: TokenStream, wanted: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_word(group.stream(), wanted),
        TokenTree::Ident(ident) => ident == wanted,
        _ => false,
    })
}

pub(super) fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

pub(super) fn punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}
