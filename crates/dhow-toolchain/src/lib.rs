//! What rustc and the host tools are, cached by their files.
