//! What attributes say of the item that they stand at, under the conditions that a package is compiled with.

use dhow_model::{Cfg, CfgExpr};
use proc_macro2::{TokenStream, TokenTree};

use super::scan::{punct, word};

/// What a package is compiled with.
pub(super) struct Conditions<'a> {
    /// The features that are on.
    pub(super) features: &'a [String],
    /// The features that there are.
    pub(super) all_features: &'a [String],
    /// What holds on the platform; nothing if that is not known.
    pub(super) cfgs: Option<&'a [Cfg]>,
}

impl Conditions<'_> {
    /// Whether something is certainly not compiled under this condition.
    fn is_off(&self, condition: &TokenStream) -> bool {
        let parsed = condition.to_string().parse::<CfgExpr>();
        parsed.is_ok_and(|condition| self.holds(&condition) == Some(false))
    }

    fn holds(&self, condition: &CfgExpr) -> Option<bool> {
        let all = |conditions: &[CfgExpr], wanted: bool| {
            let mut results = conditions.iter().map(|condition| self.holds(condition));
            if results.clone().any(|result| result == Some(!wanted)) {
                return Some(!wanted);
            }
            results.all(|result| result == Some(wanted)).then_some(wanted)
        };
        match condition {
            CfgExpr::Not(condition) => self.holds(condition).map(|holds| !holds),
            CfgExpr::All(conditions) => all(conditions, true),
            CfgExpr::Any(conditions) => all(conditions, false),
            CfgExpr::Value(Cfg::KeyPair(key, value)) if *key == "feature" => {
                Some(self.features.contains(value))
            }
            CfgExpr::Value(Cfg::Name(name)) if *name == "test" || *name == "doc" => Some(false),
            CfgExpr::Value(cfg) => self.cfgs.map(|cfgs| cfgs.contains(cfg)),
            CfgExpr::True => Some(true),
            CfgExpr::False => Some(false),
        }
    }

    /// Whether `cfg_fs! { … }` is for the feature `fs`, which is off. What such a macro does is not looked up; they
    /// are called so by custom.
    pub(super) fn is_off_by_name(&self, name: &str) -> bool {
        let Some(feature) = name.strip_prefix("cfg_") else { return false };
        let is_it = |known: &&String| known.replace('-', "_") == feature;
        self.all_features.iter().any(|known| is_it(&known)) && !self.features.iter().any(|on| is_it(&on))
    }
}

/// What the attributes of an item say.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// `#[doc(hidden)]`
    pub(super) is_hidden: bool,
    /// `#[cfg(…)]` with something that does not hold.
    pub(super) is_off: bool,
    /// `#[macro_export]`
    pub(super) macro_export: bool,
    /// `#[macro_use]`
    pub(super) macro_use: bool,
    /// What kind of procedural macro a function is, with its name if that is another.
    pub(super) macro_kind: Option<(&'static str, Option<String>)>,
    /// `#[path = "…"]`
    pub(super) path: Option<String>,
}

/// What `#![…]` says of the module.
#[derive(Debug, Default)]
pub(super) struct InnerAttributes {
    pub(super) docs: String,
    pub(super) docs_in: Vec<String>,
}

impl Attributes {
    /// Reads all attributes from here on.
    pub(super) fn read(
        tokens: &[TokenTree],
        at: &mut usize,
        conditions: &Conditions<'_>,
    ) -> (Self, InnerAttributes) {
        let (mut outer, mut inner) = (Self::default(), InnerAttributes::default());
        while punct(tokens.get(*at), '#') {
            let is_inner = punct(tokens.get(*at + 1), '!');
            let Some(TokenTree::Group(group)) = tokens.get(*at + 1 + usize::from(is_inner)) else { break };
            *at += 2 + usize::from(is_inner);
            let content: Vec<TokenTree> = group.stream().into_iter().collect();
            match is_inner {
                true => inner.add(&content),
                false => outer.add(&content, conditions),
            }
        }
        (outer, inner)
    }

    fn add(&mut self, content: &[TokenTree], conditions: &Conditions<'_>) {
        let Some(name) = content.first().and_then(word) else { return };
        let argument = match content.get(1) {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        };
        match name.as_str() {
            "doc" => {
                self.is_hidden |= argument.into_iter().any(|t| word(&t).is_some_and(|word| word == "hidden"));
            }
            "cfg" => self.is_off |= conditions.is_off(&argument),
            "macro_export" => self.macro_export = true,
            "macro_use" => self.macro_use = true,
            "path" => self.path = content.get(2).and_then(text),
            "proc_macro" => self.macro_kind = Some(("macro", None)),
            "proc_macro_attribute" => self.macro_kind = Some(("attribute", None)),
            "proc_macro_derive" => {
                self.macro_kind = Some(("derive", argument.into_iter().next().and_then(|t| word(&t))));
            }
            _ => {}
        }
    }
}

impl InnerAttributes {
    fn add(&mut self, content: &[TokenTree]) {
        if content.first().and_then(word).is_none_or(|name| name != "doc" && name != "cfg_attr") {
            return;
        }
        self.find(content);
    }

    /// `doc = "…"` and `doc = include_str!("…")`, also as an argument of `cfg_attr`.
    fn find(&mut self, content: &[TokenTree]) {
        for (at, token) in content.iter().enumerate() {
            match (word(token).as_deref(), content.get(at + 1), content.get(at + 2)) {
                (Some("doc"), Some(_), Some(line)) if punct(content.get(at + 1), '=') => {
                    if let Some(line) = text(line) {
                        self.docs.push_str(&line);
                        self.docs.push('\n');
                    }
                }
                (Some("include_str"), Some(_), Some(TokenTree::Group(group))) => {
                    self.docs_in.extend(group.stream().into_iter().find_map(|token| text(&token)));
                }
                _ => {}
            }
            if let TokenTree::Group(group) = token {
                self.find(&group.stream().into_iter().collect::<Vec<_>>());
            }
        }
    }
}

/// The text of a string literal, its escapes as they are written.
fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    let text = literal.to_string();
    let text = text.trim_start_matches('r').trim_matches('#');
    Some(text.strip_prefix('"')?.strip_suffix('"')?.replace("\\n", "\n").replace("\\\"", "\""))
}
