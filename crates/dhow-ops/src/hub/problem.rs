//! What can be wrong with a hub, or with what a project says of it.

use std::path::PathBuf;

use dhow_config::Definition;

/// Why a hub cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum HubProblem {
    #[error("the project has no hub in `{}`\n\nhelp: `dhow hub create` makes one", .path.display())]
    Missing { path: PathBuf },
    #[error(
        "`[dhow.layers]` puts `{package}` into the layer `{layer}`, which does not exist (in {definition})\n\nhelp: \
         the layers are {}", .layers.join(", ")
    )]
    NoSuchLayer { package: String, layer: String, definition: Definition, layers: Vec<&'static str> },
    #[error(
        "`[dhow.layers]` names `{package}`, which is no package ID specification: {reason} (in {definition})\n\nhelp: \
         write a package's name, or `name@version`"
    )]
    NoSuchPackage { package: String, definition: Definition, reason: String },
}
