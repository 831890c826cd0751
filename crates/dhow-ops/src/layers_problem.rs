//! What can be wrong with where a project puts packages.

use dhow_config::Definition;

/// What is wrong with `[dhow.layers]`.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the variants are")]
pub enum LayersProblem {
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
