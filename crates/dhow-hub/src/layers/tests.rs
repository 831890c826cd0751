//! The rules on what published packages say of themselves, and each rule by itself.

use super::Layer::{
    CoreRuntime, LanguageTooling, MemoryAndUtilities, PlatformOnly, Synchronization, SystemIntegration,
};
use super::*;
use Graph::{CompileTimeOnly, ElsewhereOnly, Needed, ProcMacro};

/// What graph and manifest say.
#[derive(Clone, Copy)]
enum Graph {
    Needed,
    ProcMacro,
    CompileTimeOnly,
    ElsewhereOnly,
}

type Published = (&'static str, Layer, Graph, &'static [&'static str], &'static [&'static str], &'static str);

/// The packages of `examples/async_example`: where a person puts them, what the graph of the example says of them on
/// Linux, and their categories, keywords and descriptions as published.
#[rustfmt::skip]
const EXAMPLE: &[Published] = &[
    ("tokio", CoreRuntime, Needed, &["asynchronous", "network-programming"], &["io", "async", "non-blocking", "futures"],
        "An event-driven, non-blocking I/O platform for writing asynchronous I/O backed applications."),
    ("mio", CoreRuntime, Needed, &["asynchronous"], &["io", "async", "non-blocking"],
        "Lightweight non-blocking I/O."),
    ("bytes", CoreRuntime, Needed, &["network-programming", "data-structures"], &["buffers", "zero-copy", "io"],
        "Types and traits for working with bytes"),
    ("syn", LanguageTooling, CompileTimeOnly, &["development-tools::procedural-macro-helpers", "parser-implementations"], &["macros", "syn"],
        "Parser for Rust source code"),
    ("quote", LanguageTooling, CompileTimeOnly, &["development-tools::procedural-macro-helpers"], &["macros", "syn"],
        "Quasi-quoting macro quote!(...)"),
    ("proc-macro2", LanguageTooling, CompileTimeOnly, &["development-tools::procedural-macro-helpers"], &["macros", "syn"],
        "A substitute implementation of the compiler's `proc_macro` API to decouple token-based libraries from the procedural macro use case."),
    ("tokio-macros", LanguageTooling, ProcMacro, &["asynchronous"], &[],
        "Tokio's proc macros."),
    ("libc", SystemIntegration, Needed, &["external-ffi-bindings", "no-std", "os"], &["libc", "ffi", "bindings", "operating", "system"],
        "Raw FFI bindings to platform libraries like libc."),
    ("socket2", SystemIntegration, Needed, &["api-bindings", "network-programming"], &["io", "socket", "network"],
        "Utilities for handling networking sockets with a maximal amount of configuration possible intended."),
    ("cfg-if", SystemIntegration, Needed, &[], &[],
        "A macro to ergonomically define an item depending on a large number of #[cfg] parameters. Structured like an if-else chain, the first matching branch is the item that gets emitted."),
    ("signal-hook-registry", SystemIntegration, Needed, &[], &["signal", "unix", "daemon"],
        "Backend crate for signal-hook"),
    ("parking_lot", Synchronization, Needed, &["concurrency"], &["mutex", "condvar", "rwlock", "once", "thread"],
        "More compact and efficient implementations of the standard synchronization primitives."),
    ("parking_lot_core", Synchronization, Needed, &["concurrency"], &["mutex", "condvar", "rwlock", "once", "thread"],
        "An advanced API for creating custom synchronization primitives."),
    ("lock_api", Synchronization, Needed, &["concurrency", "no-std"], &["mutex", "rwlock", "lock", "no_std"],
        "Wrappers to create fully-featured Mutex and RwLock types. Compatible with no_std."),
    ("pin-project-lite", MemoryAndUtilities, Needed, &["no-std", "no-std::no-alloc", "rust-patterns"], &["pin", "macros"],
        "A lightweight version of pin-project written with declarative macros."),
    ("smallvec", MemoryAndUtilities, Needed, &["data-structures"], &["small", "vec", "vector", "stack", "no_std"],
        "'Small vector' optimization: store up to a small number of items on the stack"),
    ("scopeguard", MemoryAndUtilities, Needed, &["rust-patterns", "no-std"], &["scope-guard", "defer", "panic", "unwind"],
        "A RAII scope guard that will run a given closure when it goes out of scope, even if the code between panics (assuming unwinding panic). Defines the macros `defer!`, `defer_on_unwind!`, `defer_on_success!` as shorthands for guards with one of the implemented strategies."),
    ("unicode-ident", MemoryAndUtilities, CompileTimeOnly, &["development-tools::procedural-macro-helpers", "no-std", "no-std::no-alloc"], &["unicode", "xid"],
        "Determine whether characters have the XID_Start or XID_Continue properties according to Unicode Standard Annex #31"),
    ("windows-sys", PlatformOnly, ElsewhereOnly, &["os::windows-apis"], &[],
        "Rust for Windows"),
];

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn placed(published: &Published) -> Placement {
    let (name, _, graph, categories, keywords, description) = published;
    let (categories, keywords) = (owned(categories), owned(keywords));
    place(&Facts {
        name,
        categories: &categories,
        keywords: &keywords,
        description: Some(description),
        proc_macro: matches!(graph, ProcMacro),
        compile_time_only: matches!(graph, CompileTimeOnly),
        elsewhere_only: matches!(graph, ElsewhereOnly),
        ..Facts::default()
    })
}

#[test]
fn the_packages_of_the_example_are_where_a_person_puts_them() {
    let wrong: Vec<_> = EXAMPLE
        .iter()
        .map(|published| (published.0, published.1, placed(published)))
        .filter(|(_, wanted, placed)| *wanted != placed.layer)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

type Row = (Graph, &'static [&'static str], &'static [&'static str], &'static str, Layer, &'static str);

/// One rule each: the graph, categories, keywords, description, and what comes of it.
#[rustfmt::skip]
const RULES: &[Row] = &[
    (ElsewhereOnly, &["asynchronous"], &[], "", PlatformOnly, "no wanted platform needs it"),
    (ProcMacro, &["asynchronous"], &["mutex"], "", LanguageTooling, "is a procedural macro"),
    (Needed, &["filesystem"], &["atomic"], "", SystemIntegration, "category \"filesystem\""),
    (Needed, &["asynchronous"], &["mutex"], "", Synchronization, "keyword \"mutex\""),
    (Needed, &["asynchronous"], &["channels"], "", Synchronization, "keyword \"channel\""),
    (Needed, &["concurrency", "asynchronous"], &[], "", CoreRuntime, "category \"asynchronous\""),
    (Needed, &["asynchronous", "os"], &[], "", CoreRuntime, "category \"asynchronous\""),
    (Needed, &["concurrency", "no-std"], &[], "", Synchronization, "category \"concurrency\""),
    (Needed, &["development-tools::testing"], &[], "", LanguageTooling, "category \"development-tools::testing\""),
    (Needed, &["no-std::no-alloc", "development-tools::procedural-macro-helpers"], &[], "custom derive",
        MemoryAndUtilities, "category \"no-std::no-alloc\""),
    (Needed, &["development-tools::debugging"], &[], "", MemoryAndUtilities,
        "nothing that it says points to another layer"),
    (Needed, &["parser-implementations"], &[], "", MemoryAndUtilities,
        "nothing that it says points to another layer"),
    (CompileTimeOnly, &["parser-implementations"], &[], "", LanguageTooling,
        "category \"parser-implementations\", and only macros and build scripts need it"),
    (Needed, &["os::unix-apis"], &[], "", SystemIntegration, "category \"os::unix-apis\""),
    (Needed, &["osmosis"], &[], "", MemoryAndUtilities, "nothing that it says points to another layer"),
    (Needed, &["network-programming", "api-bindings"], &[], "", SystemIntegration, "category \"api-bindings\""),
    (Needed, &["api-bindings", "web-programming::http-client"], &[], "", CoreRuntime,
        "category \"web-programming::http-client\""),
    (Needed, &["web-programming"], &[], "types", MemoryAndUtilities, "nothing that it says points to another layer"),
    (Needed, &[], &[], "Helpers for a proc-macro", LanguageTooling, "described with \"proc macro\""),
    (Needed, &[], &[], "The version of rustc", MemoryAndUtilities, "nothing that it says points to another layer"),
    (CompileTimeOnly, &[], &[], "The version of rustc", LanguageTooling,
        "described with \"rustc\", and only macros and build scripts need it"),
    (Needed, &[], &["unix"], "", SystemIntegration, "keyword \"unix\""),
    (Needed, &["mathematics"], &[], "Picks by #[cfg]", SystemIntegration, "described with \"cfg\""),
    (Needed, &[], &[], "A lock-free queue", Synchronization, "described with \"lock free\""),
    (Needed, &[], &[], "Traits of futures", CoreRuntime, "described with \"futures\""),
    (Needed, &[], &[], "Proven in the future", MemoryAndUtilities, "nothing that it says points to another layer"),
    (Needed, &["no-std", "rust-patterns"], &["defer"], "", MemoryAndUtilities, "category \"rust-patterns\""),
];

#[test]
fn each_rule_has_its_say() {
    for (graph, categories, keywords, description, layer, reason) in RULES {
        let placement = placed(&("x", *layer, *graph, categories, keywords, description));
        let wanted = Placement { layer: *layer, reason: (*reason).to_owned() };
        assert_eq!(placement, wanted, "{categories:?} {keywords:?} {description:?}");
    }
}

#[test]
fn native_libraries_are_told_by_links_or_by_their_name() {
    let reason = |facts: Facts<'_>| (place(&facts).layer, place(&facts).reason);
    let links = Facts { name: "x", links: Some("z"), ..Facts::default() };
    assert_eq!(reason(links), (SystemIntegration, "links \"z\"".to_owned()));
    let named = Facts { name: "z-sys", ..Facts::default() };
    assert_eq!(reason(named), (SystemIntegration, "named `-sys`, as bindings are".to_owned()));
    // Some name themselves, to be there only once.
    let concurrency = owned(&["concurrency"]);
    let once = Facts { links: Some("x"), categories: &concurrency, ..Facts::default() };
    assert_eq!(reason(once).0, Synchronization);
}

#[test]
fn who_says_nothing_is_a_utility() {
    let facts = Facts { name: "silent", ..Facts::default() };
    let wanted = Placement { layer: MemoryAndUtilities, reason: "says nothing of itself".to_owned() };
    assert_eq!(place(&facts), wanted);
    // Also if only build scripts need it.
    assert_eq!(place(&Facts { compile_time_only: true, ..facts }), wanted);
}

#[test]
fn conditions_are_the_reason_of_what_is_needed_elsewhere() {
    let conditions = owned(&["cfg(windows)", "x86_64-pc-windows-msvc"]);
    let facts = Facts { elsewhere_only: true, conditions: &conditions, ..Facts::default() };
    assert_eq!(place(&facts).reason, "needed only on cfg(windows), x86_64-pc-windows-msvc");
}

#[test]
fn keys_lead_back_to_their_layers() {
    for layer in Layer::ALL {
        assert_eq!(Layer::from_key(layer.key()), Some(layer));
    }
    assert_eq!(Layer::from_key("core"), None);
}
