//! Layered configuration over an environment value; records what was read.
