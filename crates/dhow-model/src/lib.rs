//! The nouns of the house: package identities, sources, dependencies, summaries. Pure.
