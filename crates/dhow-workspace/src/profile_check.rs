//! Checks of `[profile]` tables that their types do not make: settings in the wrong place, unknown words.

use dhow_formats::manifest::{StringOrBool, TomlProfile, TomlProfiles};

use crate::error::Flaw;
use crate::notes::Notes;
use crate::problem::ProfileProblem;

/// Checks the profiles of a manifest.
pub(crate) fn check_profiles(profiles: &TomlProfiles, notes: &Notes) -> Result<(), Flaw> {
    for (name, profile) in profiles.get_all() {
        check_profile(name, profile).map_err(|(key, problem)| Flaw::new(["profile", name, key], problem))?;
        match name.as_str() {
            "doc" => notes.warn(["profile", "doc"], || "the profile `doc` has no effect".to_owned()),
            "test" | "bench" if profile.panic.is_some() => {
                notes.warn(["profile", name, "panic"], || {
                    format!("`panic` has no effect in the profile `{name}`")
                });
            }
            _ => {}
        }
    }
    Ok(())
}

type Complaint = (&'static str, ProfileProblem);

/// Checks one profile, of a manifest or of a configuration file; the complaint names the key.
///
/// # Errors
/// A setting that is unstable, unknown or in the wrong place.
pub fn check_profile(name: &str, profile: &TomlProfile) -> Result<(), Complaint> {
    let bad = |key, reason: String| (key, ProfileProblem::BadSetting { name: name.to_owned(), reason });
    check_layer(profile)
        .map_err(|key| bad(key, format!("`{key}` is unstable in Cargo and not supported")))?;
    let build = profile.build_override.iter().map(|p| ("build-override", p.as_ref()));
    let packages = profile.package.iter().flat_map(|p| p.values()).map(|p| ("package", p));
    for (key, layer) in build.chain(packages) {
        check_layer(layer)
            .map_err(|inner| bad(key, format!("`{inner}` is unstable in Cargo and not supported")))?;
        if let Some(inner) = not_in_override(layer) {
            return Err(bad(key, format!("`{inner}` cannot be set in `{key}`")));
        }
    }
    if profile.dir_name.is_some() {
        return Err(bad(
            "dir-name",
            "`dir-name` is not allowed: the directory is named after the profile".into(),
        ));
    }
    if profile.inherits.as_deref() == Some("debug") {
        return Err(bad(
            "inherits",
            "there is no profile `debug`; the profile of debug builds is `dev`".into(),
        ));
    }
    if let Some(panic) = profile.panic.as_deref().filter(|p| !matches!(*p, "unwind" | "abort")) {
        return Err(bad("panic", format!("`panic = \"{panic}\"` is not known (`unwind` or `abort`)")));
    }
    if let Some(StringOrBool::String(lto)) = &profile.lto
        && matches!(lto.as_str(), "true" | "false")
    {
        return Err(bad("lto", format!("`lto = \"{lto}\"` is a string; write `lto = {lto}`")));
    }
    Ok(())
}

/// The unstable setting that it has.
fn check_layer(profile: &TomlProfile) -> Result<(), &'static str> {
    let unstable = [
        ("codegen-backend", profile.codegen_backend.is_some()),
        ("rustflags", profile.rustflags.is_some()),
        ("trim-paths", profile.trim_paths.is_some()),
        ("panic", profile.panic.as_deref() == Some("immediate-abort")),
    ];
    match unstable.into_iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(key),
        None => Ok(()),
    }
}

/// The setting that only a whole profile can have.
fn not_in_override(profile: &TomlProfile) -> Option<&'static str> {
    [
        ("package", profile.package.is_some()),
        ("build-override", profile.build_override.is_some()),
        ("panic", profile.panic.is_some()),
        ("lto", profile.lto.is_some()),
        ("rpath", profile.rpath.is_some()),
    ]
    .into_iter()
    .find(|(_, given)| *given)
    .map(|(key, _)| key)
}
