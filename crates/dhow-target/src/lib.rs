//! The target directory: layout, artifact names, fingerprints, uplift.
