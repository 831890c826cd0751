//! A configuration key: its parts, its dotted spelling, and the environment variable that can set it.

use std::fmt;

/// A path of keys. `target.x86_64-unknown-linux-gnu.runner` is set by `CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    parts: Vec<String>,
    variable: String,
}

impl Key {
    /// The key of these parts.
    pub(crate) fn new(parts: &[&str]) -> Self {
        let mut key = Self { parts: Vec::with_capacity(parts.len() + 1), variable: "CARGO".to_owned() };
        for part in parts {
            key.push(part);
        }
        key
    }

    /// The key of a dotted spelling without quotes.
    pub(crate) fn dotted(text: &str) -> Self {
        Self::new(&text.split('.').collect::<Vec<_>>())
    }

    /// The key one level below.
    pub(crate) fn child(&self, part: &str) -> Self {
        let mut key = self.clone();
        key.push(part);
        key
    }

    /// As [`Self::child`], where the variable has the part exactly as it is written: keys of `[env]`.
    pub(crate) fn child_as_written(&self, part: &str) -> Self {
        let mut key = self.clone();
        key.parts.push(part.to_owned());
        key.variable.push('_');
        key.variable.push_str(part);
        key
    }

    fn push(&mut self, part: &str) {
        self.parts.push(part.to_owned());
        self.variable.push('_');
        self.variable.extend(
            part.chars().map(|c| if c == '-' || c == '.' { '_' } else { c }).flat_map(char::to_uppercase),
        );
    }

    pub(crate) fn parts(&self) -> &[String] {
        &self.parts
    }

    pub(crate) fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spell(&self.parts))
    }
}

/// The dotted spelling, with quotes where TOML wants them.
pub(crate) fn spell<S: AsRef<str>>(parts: &[S]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let part = part.as_ref();
            let bare =
                !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            if bare { part.to_owned() } else { format!("'{part}'") }
        })
        .collect();
    parts.join(".")
}

/// Lists of these keys name a program and its arguments: a stronger one replaces a weaker one, they are not joined.
pub(crate) fn replaces<S: AsRef<str>>(parts: &[S]) -> bool {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    matches!(
        parts.as_slice(),
        ["credential-alias", _]
            | ["doc", "browser"]
            | ["host", "runner"]
            | ["registry", "credential-provider"]
            | ["registries", _, "credential-provider"]
            | ["target", _, "runner"]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_after_keys() {
        let check = |key: &str, variable: &str| assert_eq!(Key::dotted(key).variable(), variable);
        check("build.target-dir", "CARGO_BUILD_TARGET_DIR");
        check("cargo-new.vcs", "CARGO_CARGO_NEW_VCS");
        check("registries.my-own.index", "CARGO_REGISTRIES_MY_OWN_INDEX");
        let key = Key::new(&["target", "thumbv8m.main-none-eabi", "linker"]);
        assert_eq!(key.variable(), "CARGO_TARGET_THUMBV8M_MAIN_NONE_EABI_LINKER");
        assert_eq!(key.to_string(), "target.'thumbv8m.main-none-eabi'.linker");
        assert_eq!(Key::new(&["env"]).child_as_written("Foo").variable(), "CARGO_ENV_Foo");
    }
}
