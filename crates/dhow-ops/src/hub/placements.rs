//! Where the project itself puts packages: `[dhow.layers]`.

use dhow_config::Definition;
use dhow_hub::Layer;
use dhow_model::{PackageId, PackageIdSpec, spec_matches};

use crate::error::Error;
use crate::session::Session;

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

/// What `[dhow.layers]` says.
pub(crate) struct Placements(Vec<(PackageIdSpec, Layer)>);

impl Placements {
    /// Reads the table.
    pub(crate) fn read(session: &Session<'_>) -> Result<Self, Error> {
        let mut found = Vec::new();
        for (package, layer) in session.config.layers()? {
            let definition = layer.definition;
            let spec = PackageIdSpec::parse(&package).map_err(|error| LayersProblem::NoSuchPackage {
                package: package.clone(),
                definition: definition.clone(),
                reason: error.to_string(),
            })?;
            let Some(layer) = Layer::from_key(&layer.value) else {
                let layers = Layer::ALL.map(Layer::key).to_vec();
                return Err(
                    LayersProblem::NoSuchLayer { package, layer: layer.value, definition, layers }.into()
                );
            };
            found.push((spec, layer));
        }
        // The more precise ones first.
        found.sort_by_key(|(spec, _)| {
            std::cmp::Reverse((spec.url().is_some(), spec.partial_version().map(precision)))
        });
        Ok(Self(found))
    }

    /// The layer that a package is put into.
    pub(crate) fn of(&self, id: PackageId) -> Option<Layer> {
        self.0.iter().find(|(spec, _)| spec_matches(spec, id)).map(|(_, layer)| *layer)
    }

    /// Says which of them are about none of these packages: they may be misspelt.
    pub(crate) fn warn_of_unused(&self, session: &Session<'_>, ids: &[PackageId]) {
        for (spec, _) in self.0.iter().filter(|(spec, _)| !ids.iter().any(|id| spec_matches(spec, *id))) {
            session.warn(format!("`[dhow.layers]` names `{spec}`, which no package of the project matches"));
        }
    }
}

/// How many parts of a version are given.
fn precision(version: &dhow_model::PartialVersion) -> usize {
    version.to_string().split(['.', '-', '+']).count()
}
