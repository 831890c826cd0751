//! What to say when the features that were selected leave no program.

use dhow_workspace::{Package, Target};

/// This many programs are listed.
const LISTED: usize = 7;

/// Which features the programs of `package` need; nothing if it has no programs.
pub(crate) fn missing(package: &Package) -> Option<String> {
    let programs: Vec<&Target> =
        package.targets().iter().filter(|t| t.is_executable()).map(AsRef::as_ref).collect();
    let first = programs.first()?;
    let lines: String = programs.iter().take(LISTED).map(|target| line(target)).collect();
    let more = match programs.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("{more} more programs need features: see `{}`\n", package.manifest_path().display()),
    };
    let example: Vec<&str> = first.required_features.iter().map(|feature| feature.as_str()).collect();
    Some(format!(
        "nothing is installed, because no program of the package can be built with the features that are selected\n\
         {lines}{more}To select them: `--features=\"{}\"`",
        example.join(" ")
    ))
}

fn line(target: &Target) -> String {
    let features: Vec<String> =
        target.required_features.iter().map(|feature| format!("`{feature}`")).collect();
    format!(
        "  {} \"{}\" requires the features: {}\n",
        target.kind.description(),
        target.name,
        features.join(", ")
    )
}
