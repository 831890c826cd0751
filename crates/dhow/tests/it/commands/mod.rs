//! One command after the other, as people use them, beside the real cargo.

mod alias;
mod build;
mod clean;
mod json;
mod program;
mod query;
mod select;
mod test;
