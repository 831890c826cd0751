//! In which layer of a project a package stands: worked out from what it says of itself and from what the graph says
//! of it. Knows no package by name; the rules are one table, in `rules`.

mod rules;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;

use dhow_workspace::Package;

use words::Words;

use crate::graph::Need;

/// A layer, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What drives the program and moves its bytes: event loops, futures, network protocols.
    CoreRuntime,
    /// What runs while compiling, or serves who writes the code: procedural macros and what they are made of, build
    /// utilities, tests.
    LanguageTooling,
    /// What speaks to the operating system, to hardware or to foreign code.
    SystemIntegration,
    /// What threads and tasks share and wait with.
    Synchronization,
    /// Memory, data structures, and everything that says nothing else of itself.
    MemoryAndUtilities,
    /// What none of the wanted platforms needs.
    PlatformOnly,
}

impl Layer {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::CoreRuntime,
        Self::LanguageTooling,
        Self::SystemIntegration,
        Self::Synchronization,
        Self::MemoryAndUtilities,
        Self::PlatformOnly,
    ];

    /// As `[dhow.layers]` and JSON name it.
    pub fn key(self) -> &'static str {
        match self {
            Self::CoreRuntime => "core-runtime",
            Self::LanguageTooling => "language-tooling",
            Self::SystemIntegration => "system-integration",
            Self::Synchronization => "synchronization",
            Self::MemoryAndUtilities => "memory-and-utilities",
            Self::PlatformOnly => "platform-only",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::CoreRuntime => "Core runtime and I/O",
            Self::LanguageTooling => "Language and compile-time tooling",
            Self::SystemIntegration => "System integration",
            Self::Synchronization => "Synchronization",
            Self::MemoryAndUtilities => "Memory management and utilities",
            Self::PlatformOnly => "Platform-only",
        }
    }

    /// The layer with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.key() == key)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

/// What is known of a package when its layer is sought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// Its name. Only Cargo's convention for bindings of native libraries is read from it.
    pub name: &'a str,
    /// `categories`
    pub categories: &'a [String],
    /// `keywords`
    pub keywords: &'a [String],
    /// `description`
    pub description: Option<&'a str>,
    /// `links`
    pub links: Option<&'a str>,
    /// Whether it is a procedural macro.
    pub proc_macro: bool,
    /// Whether only procedural macros and build scripts need it.
    pub compile_time_only: bool,
    /// Whether no wanted platform needs it.
    pub elsewhere_only: bool,
    /// The conditions under which it is needed.
    pub conditions: &'a [String],
}

impl<'a> Facts<'a> {
    /// Of a package whose manifest is at hand.
    pub fn of(package: &'a Package, need: &'a Need) -> Self {
        let metadata = package.metadata();
        Self {
            name: package.name().as_str(),
            categories: &metadata.categories,
            keywords: &metadata.keywords,
            description: metadata.description.as_deref(),
            links: metadata.links.map(|links| links.as_str()),
            proc_macro: package.is_proc_macro(),
            compile_time_only: need.compile_time_only,
            elsewhere_only: need.on.is_empty(),
            conditions: &need.conditions,
        }
    }
}

/// A layer and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The layer.
    pub layer: Layer,
    /// For people: `category "asynchronous"`.
    pub reason: String,
}

/// The layer of a package: that of the first rule which it meets.
pub fn place(facts: &Facts<'_>) -> Placement {
    let words = Words::of(facts);
    let met = rules::RULES.iter().find_map(|rule| Some((rule.layer, rule.met(facts, &words)?)));
    let (layer, reason) = met.unwrap_or_else(|| (Layer::MemoryAndUtilities, nothing_said(facts)));
    Placement { layer, reason }
}

fn nothing_said(facts: &Facts<'_>) -> String {
    let silent = facts.categories.is_empty() && facts.keywords.is_empty() && facts.description.is_none();
    if silent { "says nothing of itself" } else { "nothing that it says points to another layer" }.to_owned()
}
