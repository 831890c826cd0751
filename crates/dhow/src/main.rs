//! The command-line program: the only reader of the environment.

fn main() {}
