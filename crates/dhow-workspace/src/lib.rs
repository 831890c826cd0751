//! Manifests with inheritance, target discovery and profiles become a workspace of packages.
