//! Static keys: what must make a difference, and what must not.
