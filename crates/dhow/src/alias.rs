//! Words that stand for others: `+toolchain`, and the aliases of `[alias]` in the configuration.

use std::ffi::OsString;

use crate::context::Context;
use crate::error::CliError;

/// Takes `+toolchain` out of the words, as rustup's own programs understand it.
pub(crate) fn take_toolchain(words: &mut Vec<OsString>) -> Option<OsString> {
    let name = words.get(1)?.to_str()?.strip_prefix('+')?.to_owned();
    words.remove(1);
    Some(name.into())
}

/// The words with the alias that `external` names put in; nothing if it names none.
pub(crate) fn expand(
    cx: &Context,
    words: &[OsString],
    external: &[OsString],
    seen: &mut Vec<String>,
) -> Result<Option<Vec<OsString>>, CliError> {
    let Some(name) = external.first().and_then(|w| w.to_str()) else { return Ok(None) };
    let Some(meaning) = cx.alias(name)? else { return Ok(None) };
    if seen.iter().any(|s| s == name) {
        seen.push(name.to_owned());
        return Err(CliError::usage(&format!(
            "the alias `{name}` leads back to itself: {}",
            seen.join(" -> ")
        )));
    }
    seen.push(name.to_owned());
    // What stands before the alias are flags for every command; they hold for what it means, too.
    let before = words.len().saturating_sub(external.len()).max(1);
    let front = words.get(..before).unwrap_or_default().iter().cloned();
    let rest = external.iter().skip(1).cloned();
    Ok(Some(front.chain(meaning.into_iter().map(OsString::from)).chain(rest).collect()))
}
