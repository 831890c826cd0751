//! The JSON that `--message-format json` prints, one object a line, with the fields in Cargo's order.

use std::path::Path;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A message; it says itself what it is in its first field, `reason`.
#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum MachineMessage<'a> {
    /// A diagnostic of the compiler.
    CompilerMessage {
        /// As a package id specification.
        package_id: &'a str,
        /// Of the package.
        manifest_path: &'a Path,
        /// What was compiled.
        target: MessageTarget<'a>,
        /// As the compiler wrote it.
        message: &'a RawValue,
    },
    /// A unit is there.
    CompilerArtifact {
        /// As a package id specification.
        package_id: &'a str,
        /// Of the package.
        manifest_path: &'a Path,
        /// What was compiled.
        target: MessageTarget<'a>,
        /// With which settings.
        profile: MessageProfile<'a>,
        /// Sorted.
        features: Vec<&'a str>,
        /// What came of it.
        filenames: Vec<&'a Path>,
        /// The one that can be run.
        executable: Option<&'a Path>,
        /// Nothing had to be done.
        fresh: bool,
    },
    /// A build script has run, now or before.
    BuildScriptExecuted {
        /// As a package id specification.
        package_id: &'a str,
        /// `rustc-link-lib`
        linked_libs: &'a [String],
        /// `rustc-link-search`
        linked_paths: &'a [String],
        /// `rustc-cfg`
        cfgs: &'a [String],
        /// `rustc-env`
        env: &'a [(String, String)],
        /// `OUT_DIR`
        out_dir: &'a Path,
    },
    /// Everything is done, or has failed.
    BuildFinished {
        /// Which of both.
        success: bool,
    },
}

impl MachineMessage<'_> {
    /// As one line, without its end.
    pub fn to_line(&self) -> String {
        // Fails only for paths that are not UTF-8, which the format cannot express.
        serde_json::to_string(self)
            .unwrap_or_else(|error| format!("{{\"reason\":\"unprintable\",\"error\":\"{error}\"}}"))
    }
}

/// A target, as messages and `metadata` show it.
#[derive(Debug, Clone, Serialize)]
pub struct MessageTarget<'a> {
    /// `bin`, `lib`, `custom-build`, …; for libraries their crate types.
    pub kind: Vec<&'a str>,
    /// `bin`, `lib`, `proc-macro`, …
    pub crate_types: Vec<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// Its root.
    pub src_path: &'a Path,
    /// `2024`
    pub edition: &'a str,
    /// Left out if there are none.
    #[serde(rename = "required-features", skip_serializing_if = "Option::is_none")]
    pub required_features: Option<Vec<&'a str>>,
    /// It is documented.
    pub doc: bool,
    /// It has documentation tests.
    pub doctest: bool,
    /// It is tested.
    pub test: bool,
}

/// Settings, as messages show them.
#[derive(Debug, Clone, Serialize)]
pub struct MessageProfile<'a> {
    /// `0` to `3`, `s`, `z`
    pub opt_level: &'a str,
    /// A number where it is one, else a word.
    #[serde(serialize_with = "number_or_word")]
    pub debuginfo: &'a str,
    /// `-C debug-assertions`
    pub debug_assertions: bool,
    /// `-C overflow-checks`
    pub overflow_checks: bool,
    /// A test harness.
    pub test: bool,
}

fn number_or_word<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text.parse::<u32>() {
        Ok(number) => serializer.serialize_u32(number),
        Err(_) => serializer.serialize_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_written_as_cargo_writes_it() {
        let message = MachineMessage::CompilerArtifact {
            package_id: "path+file:///p/mm#0.1.0",
            manifest_path: Path::new("/p/mm/Cargo.toml"),
            target: MessageTarget {
                kind: vec!["bin"],
                crate_types: vec!["bin"],
                name: "mm",
                src_path: Path::new("/p/mm/src/main.rs"),
                edition: "2021",
                required_features: None,
                doc: true,
                doctest: false,
                test: true,
            },
            profile: MessageProfile {
                opt_level: "0",
                debuginfo: "2",
                debug_assertions: true,
                overflow_checks: true,
                test: false,
            },
            features: vec!["a"],
            filenames: vec![Path::new("/p/mm/target/debug/mm")],
            executable: Some(Path::new("/p/mm/target/debug/mm")),
            fresh: false,
        };
        let expected = r#"{"reason":"compiler-artifact","package_id":"path+file:///p/mm#0.1.0","manifest_path":"/p/mm/Cargo.toml","target":{"kind":["bin"],"crate_types":["bin"],"name":"mm","src_path":"/p/mm/src/main.rs","edition":"2021","doc":true,"doctest":false,"test":true},"profile":{"opt_level":"0","debuginfo":2,"debug_assertions":true,"overflow_checks":true,"test":false},"features":["a"],"filenames":["/p/mm/target/debug/mm"],"executable":"/p/mm/target/debug/mm","fresh":false}"#;
        assert_eq!(message.to_line(), expected);
    }

    #[test]
    fn scripts_messages_and_the_end_are_written_as_cargo_writes_them() {
        let (libs, cfgs) = (["static=m".to_owned()], ["foo=\"x\"".to_owned()]);
        let env = [("A".to_owned(), "b".to_owned())];
        let message = MachineMessage::BuildScriptExecuted {
            package_id: "path+file:///p/mm#0.1.0",
            linked_libs: &libs,
            linked_paths: &[],
            cfgs: &cfgs,
            env: &env,
            out_dir: Path::new("/o"),
        };
        assert_eq!(
            message.to_line(),
            r#"{"reason":"build-script-executed","package_id":"path+file:///p/mm#0.1.0","linked_libs":["static=m"],"linked_paths":[],"cfgs":["foo=\"x\""],"env":[["A","b"]],"out_dir":"/o"}"#
        );
        assert_eq!(
            MachineMessage::BuildFinished { success: true }.to_line(),
            r#"{"reason":"build-finished","success":true}"#
        );
    }
}
