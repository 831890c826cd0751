//! Chores of the project: tidy, bench, compat.

fn main() {}
