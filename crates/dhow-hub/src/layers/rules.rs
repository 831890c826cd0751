//! The rules, as a table. The first one that a package meets decides. docs/layers.md explains them to users.
//!
//! A rule is a sentence that makes sense of any package: nothing in here may be written for one of them.

use super::words::Words;
use super::{Facts, Layer};
use Layer::{
    CoreRuntime, LanguageTooling, MemoryAndUtilities, PlatformOnly, Synchronization, SystemIntegration,
};

/// One row of the table.
pub(super) struct Rule {
    pub(super) layer: Layer,
    sign: Sign,
    /// The rule does not count for who has one of these categories.
    unless: &'static [&'static str],
    /// The rule counts only for what nothing but procedural macros and build scripts need.
    only_at_compile_time: bool,
}

/// What a package is recognised by.
enum Sign {
    /// The graph: no wanted platform needs it.
    ElsewhereOnly,
    /// Its manifest: `proc-macro = true`.
    ProcMacro,
    /// Its manifest: it names a native library, or is named as Cargo's convention has it for bindings of one.
    NativeLibrary,
    /// One of its categories. `os` includes `os::unix-apis`.
    Category(&'static [&'static str]),
    /// One of its keywords, as a whole.
    Keyword(&'static [&'static str]),
    /// One of its keywords, or words in a row of its description.
    Said(&'static [&'static str]),
}

const fn rule(layer: Layer, sign: Sign) -> Rule {
    Rule { layer, sign, unless: &[], only_at_compile_time: false }
}

/// Who needs not even an allocator stands on nothing: not on the compiler's tokens, which are allocated.
const STANDS_ON_NOTHING: &[&str] = &["no-std::no-alloc"];

#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    // What the graph and the manifest settle, whatever is said.
    rule(PlatformOnly, Sign::ElsewhereOnly),
    rule(LanguageTooling, Sign::ProcMacro),

    // Categories are chosen from a fixed list, so they are believed first. Where a package has several, the narrower
    // one decides, so the narrow ones stand first here.
    //
    // Files have locks and atomic renames too, and are not synchronization for that.
    rule(SystemIntegration, Sign::Category(&["filesystem"])),
    // Who names a primitive is about it, also if tasks instead of threads wait for it.
    rule(Synchronization, Sign::Keyword(&[
        "mutex", "rwlock", "condvar", "semaphore", "barrier", "spinlock", "channel", "mpsc", "mpmc", "spsc", "atomic",
    ])),
    // Runtimes, and what is made for them. Before `concurrency` and `os`: an event loop has to do with both.
    rule(CoreRuntime, Sign::Category(&["asynchronous"])),
    rule(Synchronization, Sign::Category(&["concurrency"])),
    // What serves who writes the code, not who runs it.
    Rule {
        unless: STANDS_ON_NOTHING,
        ..rule(LanguageTooling, Sign::Category(&[
            "development-tools::procedural-macro-helpers", "development-tools::build-utils",
            "development-tools::cargo-plugins", "development-tools::testing",
        ]))
    },
    // A parser may be anything in a program. In a macro or a build script, it reads code.
    Rule {
        unless: STANDS_ON_NOTHING, only_at_compile_time: true,
        ..rule(LanguageTooling, Sign::Category(&[
            "development-tools", "compilers", "parsing", "parser-implementations", "template-engine",
        ]))
    },
    rule(SystemIntegration, Sign::Category(&[
        "os", "external-ffi-bindings", "development-tools::ffi", "hardware-support",
    ])),
    // `api-bindings` is used for APIs of systems and for those of services on the web.
    Rule { unless: &["web-programming"], ..rule(SystemIntegration, Sign::Category(&["api-bindings"])) },
    rule(CoreRuntime, Sign::Category(&[
        "network-programming", "web-programming::http-client", "web-programming::http-server",
        "web-programming::websocket",
    ])),

    // After the categories: some name a library in `links` only to be there once.
    rule(SystemIntegration, Sign::NativeLibrary),

    // Words are written freely and may mean anything, so they count only for who has no category that tells.
    Rule {
        unless: STANDS_ON_NOTHING,
        ..rule(LanguageTooling, Sign::Said(&[
            "proc macro", "procedural macro", "custom derive", "derive macro", "build script", "build dependencies",
            "token stream", "code generation", "code generator", "codegen",
        ]))
    },
    Rule {
        unless: STANDS_ON_NOTHING, only_at_compile_time: true,
        ..rule(LanguageTooling, Sign::Said(&["rustc", "compiler", "parser", "parsing", "syntax", "source code"]))
    },
    // Conditional compilation is there for the sake of platforms.
    rule(SystemIntegration, Sign::Said(&[
        "ffi", "bindings for", "bindings to", "api bindings", "system call", "syscall", "operating system",
        "cross platform", "crossplatform", "platform specific", "posix", "unix", "linux", "windows", "macos", "win32",
        "cfg", "conditional compilation",
    ])),
    rule(Synchronization, Sign::Said(&[
        "mutex", "lock free", "wait free", "synchronization", "synchronisation", "concurrent", "thread pool",
        "work stealing",
    ])),
    rule(CoreRuntime, Sign::Said(&[
        "async", "asynchronous", "futures", "non blocking", "nonblocking", "event loop", "event driven", "io", "i/o",
        "network", "networking", "socket", "tcp", "udp", "tls", "http", "websocket",
    ])),

    // Where everything else goes too; here with what it says for a reason.
    rule(MemoryAndUtilities, Sign::Category(&[
        "memory-management", "data-structures", "rust-patterns", "algorithms", "caching", "no-std",
    ])),
];

impl Rule {
    /// Why the package meets the rule, if it does.
    pub(super) fn met(&self, facts: &Facts<'_>, words: &Words) -> Option<String> {
        if self.only_at_compile_time && !facts.compile_time_only {
            return None;
        }
        if self.unless.iter().any(|category| has_category(facts, category)) {
            return None;
        }
        let reason = self.sign.seen(facts, words)?;
        Some(match self.only_at_compile_time {
            true => format!("{reason}, and only macros and build scripts need it"),
            false => reason,
        })
    }
}

impl Sign {
    fn seen(&self, facts: &Facts<'_>, words: &Words) -> Option<String> {
        match self {
            Self::ElsewhereOnly => facts.elsewhere_only.then(|| match facts.conditions {
                [] => "no wanted platform needs it".to_owned(),
                conditions => format!("needed only on {}", conditions.join(", ")),
            }),
            Self::ProcMacro => facts.proc_macro.then(|| "is a procedural macro".to_owned()),
            Self::NativeLibrary => match facts.links {
                Some(links) => Some(format!("links \"{links}\"")),
                None => facts.name.ends_with("-sys").then(|| "named `-sys`, as bindings are".to_owned()),
            },
            Self::Category(wanted) => {
                let found = wanted.iter().find_map(|wanted| category(facts, wanted))?;
                Some(format!("category \"{found}\""))
            }
            Self::Keyword(wanted) => keyword(wanted, words),
            Self::Said(wanted) => keyword(wanted, words).or_else(|| {
                let found = wanted.iter().find(|wanted| words.describes(wanted))?;
                Some(format!("described with \"{found}\""))
            }),
        }
    }
}

fn keyword(wanted: &[&str], words: &Words) -> Option<String> {
    let found = wanted.iter().find(|wanted| words.has_keyword(wanted))?;
    Some(format!("keyword \"{found}\""))
}

fn has_category(facts: &Facts<'_>, wanted: &str) -> bool {
    category(facts, wanted).is_some()
}

/// The package's category that is the wanted one or below it.
fn category<'a>(facts: &Facts<'a>, wanted: &str) -> Option<&'a str> {
    let is_wanted = |category: &str| {
        category.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    facts.categories.iter().map(String::as_str).find(|category| is_wanted(category))
}
