//! `hub pack` and `hub unpack`: the same bytes, and nothing in place before all of it is verified.
