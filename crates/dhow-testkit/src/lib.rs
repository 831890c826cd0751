//! Test tools: a fixture registry, a project sandbox, and comparison with the real cargo.
