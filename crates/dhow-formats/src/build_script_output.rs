//! What a build script says on its standard output: `cargo::key=value`, or in the older syntax `cargo:key=value`.
//!
//! Lines become [`Instruction`]s in the order of printing; what they do to other units is decided elsewhere. The format
//! is described in the Cargo book, "Build Scripts", "Outputs of the Build Script".

use std::path::PathBuf;

use semver::Version;

/// What one line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// `rerun-if-changed=PATH`, as printed (relative to the package).
    RerunIfChanged(PathBuf),
    /// `rerun-if-env-changed=VAR`
    RerunIfEnvChanged(String),
    /// `rustc-link-arg…=FLAG`
    LinkArg(LinkArgTarget, String),
    /// `rustc-link-lib=LIB`, and `-l` of `rustc-flags`.
    LinkLib(String),
    /// `rustc-link-search=[KIND=]PATH`, and `-L` of `rustc-flags`.
    LinkSearch(String),
    /// `rustc-cfg=KEY[="VALUE"]`
    Cfg(String),
    /// `rustc-check-cfg=CHECK_CFG`
    CheckCfg(String),
    /// `rustc-env=VAR=VALUE`
    Env(String, String),
    /// `error=MESSAGE`: the script fails, whatever its exit status.
    Error(String),
    /// `warning=MESSAGE`
    Warning(String),
    /// `metadata=KEY=VALUE`, or any unknown `cargo:KEY=VALUE`.
    Metadata(String, String),
}

/// Which targets of the package a linker argument is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LinkArgTarget {
    /// `rustc-link-arg`: every target that links.
    All,
    /// `rustc-link-arg-cdylib`
    Cdylib,
    /// `rustc-link-arg-bins`
    Bins,
    /// `rustc-link-arg-bin=NAME=FLAG`
    Bin(String),
    /// `rustc-link-arg-tests`
    Tests,
    /// `rustc-link-arg-benches`
    Benches,
    /// `rustc-link-arg-examples`
    Examples,
}

/// What the lines are judged by.
#[derive(Debug, Clone, Default)]
pub struct ScriptPackage {
    /// The package, as messages name it (`foo v1.0.0`).
    pub name: String,
    /// `rust-version` of the package: `cargo::` exists since 1.77.
    pub rust_version: Option<Version>,
    /// There is a `cdylib` target.
    pub has_cdylib: bool,
    /// Names of the binary targets.
    pub bins: Vec<String>,
    /// There are integration tests.
    pub has_tests: bool,
    /// There are benchmarks.
    pub has_benches: bool,
    /// There are examples.
    pub has_examples: bool,
}

/// A line that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the build script of `{package}` printed a line that cannot be followed: `{line}`\n{problem}\nhelp: see https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script"
)]
pub struct InstructionError {
    /// The package, as messages name it.
    pub package: String,
    /// The line.
    pub line: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What was understood, and what was understood but had better be said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptLines {
    /// In the order of printing.
    pub instructions: Vec<Instruction>,
    /// Remarks on lines that were followed nevertheless.
    pub remarks: Vec<String>,
}

/// Understands everything that a build script printed. Lines that are not for us are passed over.
///
/// # Errors
/// At the first line that is for us and cannot be followed.
pub fn parse(output: &[u8], package: &ScriptPackage) -> Result<ScriptLines, InstructionError> {
    let mut lines = ScriptLines::default();
    for line in output.split(|byte| *byte == b'\n') {
        // Scripts may print anything: what is not text cannot be meant for us.
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let line = line.trim();
        let (syntax, rest) = if let Some(rest) = line.strip_prefix("cargo::") {
            (Syntax::New, rest)
        } else if let Some(rest) = line.strip_prefix("cargo:") {
            (Syntax::Old, rest)
        } else {
            continue;
        };
        parse_line(syntax, rest, package, &mut lines).map_err(|problem| InstructionError {
            package: package.name.clone(),
            line: line.to_owned(),
            problem,
        })?;
    }
    Ok(lines)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// `cargo::key=value`: unknown keys are errors.
    New,
    /// `cargo:key=value`: unknown keys are metadata.
    Old,
}

fn parse_line(
    syntax: Syntax,
    rest: &str,
    package: &ScriptPackage,
    lines: &mut ScriptLines,
) -> Result<(), String> {
    if syntax == Syntax::New {
        check_new_syntax(package)?;
    }
    let Some((key, value)) = rest.split_once('=') else {
        return Err(format!("Expected `{}KEY=VALUE`: there is no `=`.", prefix(syntax)));
    };
    let value = value.trim_end();
    match instruction(key, value, package, lines)? {
        Known::Done => Ok(()),
        Known::Not if syntax == Syntax::Old => {
            lines.instructions.push(metadata(key, value));
            Ok(())
        }
        Known::Not if key == "error" => {
            lines.instructions.push(Instruction::Error(value.to_owned()));
            Ok(())
        }
        Known::Not if key == "metadata" => {
            let (key, value) = pair(value, "cargo::metadata=KEY=VALUE")?;
            lines.instructions.push(metadata(key, value));
            Ok(())
        }
        Known::Not => Err(format!("There is no instruction `{key}`.")),
    }
}

enum Known {
    Done,
    Not,
}

/// The instructions that both syntaxes share.
fn instruction(
    key: &str,
    value: &str,
    package: &ScriptPackage,
    lines: &mut ScriptLines,
) -> Result<Known, String> {
    let owned = || value.to_owned();
    let one = match key {
        "rustc-flags" => {
            lines.instructions.extend(flags(value)?);
            return Ok(Known::Done);
        }
        "rustc-link-lib" => Instruction::LinkLib(owned()),
        "rustc-link-search" => Instruction::LinkSearch(owned()),
        "rustc-cfg" => Instruction::Cfg(owned()),
        "rustc-check-cfg" => Instruction::CheckCfg(owned()),
        "rustc-env" => {
            let (name, value) = pair(value, "rustc-env=VAR=VALUE")?;
            Instruction::Env(name.to_owned(), value.to_owned())
        }
        "warning" => Instruction::Warning(owned()),
        "rerun-if-changed" => Instruction::RerunIfChanged(value.into()),
        "rerun-if-env-changed" => Instruction::RerunIfEnvChanged(owned()),
        _ => match link_arg(key, value, package, lines)? {
            Some(link_arg) => link_arg,
            None => return Ok(Known::Not),
        },
    };
    lines.instructions.push(one);
    Ok(Known::Done)
}

fn link_arg(
    key: &str,
    value: &str,
    package: &ScriptPackage,
    lines: &mut ScriptLines,
) -> Result<Option<Instruction>, String> {
    let has = |exists: bool, what: &str| {
        if exists { Ok(()) } else { Err(format!("The package has no {what} target.")) }
    };
    let target = match key {
        "rustc-link-arg" => LinkArgTarget::All,
        "rustc-link-arg-cdylib" | "rustc-cdylib-link-arg" => {
            if !package.has_cdylib {
                lines.remarks.push(format!(
                    "the build script of `{}` printed `{key}`, but the package has no cdylib target; \
                     this may become an error",
                    package.name
                ));
            }
            LinkArgTarget::Cdylib
        }
        "rustc-link-arg-bins" => {
            has(!package.bins.is_empty(), "binary")?;
            LinkArgTarget::Bins
        }
        "rustc-link-arg-bin" => {
            let (bin, flag) = pair(value, "rustc-link-arg-bin=BIN=FLAG")?;
            if !package.bins.iter().any(|name| name == bin) {
                let known =
                    package.bins.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                return Err(format!("The package has no binary target `{bin}` (it has: {known})."));
            }
            return Ok(Some(Instruction::LinkArg(LinkArgTarget::Bin(bin.to_owned()), flag.to_owned())));
        }
        "rustc-link-arg-tests" => {
            has(package.has_tests, "test")?;
            LinkArgTarget::Tests
        }
        "rustc-link-arg-benches" => {
            has(package.has_benches, "benchmark")?;
            LinkArgTarget::Benches
        }
        "rustc-link-arg-examples" => {
            has(package.has_examples, "example")?;
            LinkArgTarget::Examples
        }
        _ => return Ok(None),
    };
    Ok(Some(Instruction::LinkArg(target, value.to_owned())))
}

fn metadata(key: &str, value: &str) -> Instruction {
    Instruction::Metadata(key.to_owned(), value.to_owned())
}

fn pair<'a>(value: &'a str, form: &str) -> Result<(&'a str, &'a str), String> {
    value.split_once('=').ok_or_else(|| format!("Expected `{form}`: there is no second `=`."))
}

/// `-L` and `-l`, each with its value behind it or as the next word.
fn flags(value: &str) -> Result<Vec<Instruction>, String> {
    let mut words = value.split_whitespace();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let (make, rest): (fn(String) -> Instruction, &str) = if let Some(rest) = word.strip_prefix("-L") {
            (Instruction::LinkSearch, rest)
        } else if let Some(rest) = word.strip_prefix("-l") {
            (Instruction::LinkLib, rest)
        } else {
            return Err(format!("Only `-l` and `-L` are allowed in `rustc-flags`, not `{word}`."));
        };
        let rest = if rest.is_empty() { words.next() } else { Some(rest) };
        found.push(make(rest.ok_or_else(|| format!("`{word}` has no value."))?.to_owned()));
    }
    Ok(found)
}

fn prefix(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::New => "cargo::",
        Syntax::Old => "cargo:",
    }
}

fn check_new_syntax(package: &ScriptPackage) -> Result<(), String> {
    const SINCE: Version = Version::new(1, 77, 0);
    match &package.rust_version {
        Some(version) if *version < SINCE => Err(format!(
            "The syntax with `cargo::` exists since Rust 1.77, and the package says that it works with {version}.\n\
             Print `cargo:` with one colon, or raise `rust-version` in its manifest."
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Instruction as I;

    fn package() -> ScriptPackage {
        ScriptPackage {
            name: "foo v1.0.0".into(),
            bins: vec!["app".into()],
            has_tests: true,
            ..Default::default()
        }
    }

    #[track_caller]
    fn check(line: &str, expected: &[I]) {
        assert_eq!(parse(line.as_bytes(), &package()).unwrap().instructions, expected, "{line}");
    }

    #[track_caller]
    fn check_error(line: &str, part: &str) {
        let error = parse(line.as_bytes(), &package()).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains(line), "{error}");
    }

    #[test]
    fn every_instruction_in_both_syntaxes() {
        for prefix in ["cargo:", "cargo::"] {
            let check = |line: &str, expected: I| check(&format!("{prefix}{line}"), &[expected]);
            check("rerun-if-changed=a b/c", I::RerunIfChanged("a b/c".into()));
            check("rerun-if-env-changed=CC", I::RerunIfEnvChanged("CC".into()));
            check("rustc-link-lib=static=z", I::LinkLib("static=z".into()));
            check("rustc-link-search=native=/x", I::LinkSearch("native=/x".into()));
            check("rustc-cfg=a=\"b\"", I::Cfg("a=\"b\"".into()));
            check("rustc-check-cfg=cfg(a)", I::CheckCfg("cfg(a)".into()));
            check("rustc-env=A=b=c", I::Env("A".into(), "b=c".into()));
            check("warning=careful", I::Warning("careful".into()));
            check("rustc-link-arg=-s", I::LinkArg(LinkArgTarget::All, "-s".into()));
            check("rustc-cdylib-link-arg=-s", I::LinkArg(LinkArgTarget::Cdylib, "-s".into()));
            check("rustc-link-arg-bins=-s", I::LinkArg(LinkArgTarget::Bins, "-s".into()));
            check("rustc-link-arg-bin=app=-s=1", I::LinkArg(LinkArgTarget::Bin("app".into()), "-s=1".into()));
            check("rustc-link-arg-tests=-s", I::LinkArg(LinkArgTarget::Tests, "-s".into()));
        }
        check(
            "cargo:rustc-flags=-L /a -lb -l c",
            &[I::LinkSearch("/a".into()), I::LinkLib("b".into()), I::LinkLib("c".into())],
        );
    }

    #[test]
    fn unknown_keys_are_metadata_in_the_old_syntax_only() {
        check("cargo:root=/x=y", &[metadata("root", "/x=y")]);
        check("cargo:error=x", &[metadata("error", "x")]);
        check("cargo::metadata=root=/x", &[metadata("root", "/x")]);
        check("cargo::error=bad", &[I::Error("bad".into())]);
        check_error("cargo::root=/x", "no instruction `root`");
    }

    #[test]
    fn other_output_is_passed_over() {
        check("hello\n  cargo:rustc-cfg=a  \ncargo\n#cargo:x=y", &[I::Cfg("a".into())]);
        assert_eq!(
            parse(b"\xff\xfe\ncargo:rustc-cfg=a\r\n", &package()).unwrap().instructions,
            [I::Cfg("a".into())]
        );
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        check_error("cargo::rustc-cfg", "no `=`");
        check_error("cargo:whatever", "no `=`");
        check_error("cargo:rustc-flags=-x", "not `-x`");
        check_error("cargo:rustc-flags=-l", "no value");
        check_error("cargo:rustc-env=A", "second `=`");
        check_error("cargo:rustc-link-arg-bin=other=-s", "`other` (it has: `app`)");
        check_error("cargo:rustc-link-arg-benches=-s", "no benchmark target");
    }

    #[test]
    fn the_new_syntax_needs_a_new_enough_rust_version() {
        let old = ScriptPackage { rust_version: Some(Version::new(1, 76, 0)), ..package() };
        assert!(parse(b"cargo::rustc-cfg=a", &old).unwrap_err().problem.contains("1.77"));
        parse(b"cargo:rustc-cfg=a", &old).unwrap();
    }

    #[test]
    fn a_cdylib_argument_without_cdylib_is_remarked_and_followed() {
        let lines = parse(b"cargo:rustc-link-arg-cdylib=-s", &package()).unwrap();
        assert_eq!((lines.instructions.len(), lines.remarks.len()), (1, 1));
    }
}
