//! Tricky roots, as real libraries have them, in files that are only in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::*;

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The entry points of the library `lib`, whose files these are; the feature `on` is on, `off` and `io-off` are not,
/// on a unix.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files: HashMap<PathBuf, &str> =
        files.iter().map(|(path, text)| (PathBuf::from(path), *text)).collect();
    let read = |path: &Path| files.get(path).map(|text| (*text).to_owned());
    let (features, all_features) = (owned(&["on"]), owned(&["on", "off", "io-off"]));
    let cfgs = ["unix".parse().expect("a cfg")];
    let conditions = Conditions { features: &features, all_features: &all_features, cfgs: Some(&cfgs) };
    let points = of_library(Path::new("src/lib.rs"), "lib", &conditions, &read);
    points.into_iter().map(|point| format!("{} {}", point.kind, point.path)).collect()
}

fn of_root(text: &str) -> Vec<String> {
    found(&[("src/lib.rs", text)])
}

#[test]
fn everything_public_is_found_and_nothing_else() {
    let points = of_root(
        r##"#!/usr/bin/env run
        //! Docs.
        pub fn a() { pub fn inner() {} }
        pub async fn b() {} pub const fn c() {} pub unsafe extern "C" fn d() {} pub const unsafe fn e() {}
        pub struct F; pub struct G(pub u8); pub struct H<T> where T: Copy { pub field: T } pub union U { a: u8 }
        pub enum E { A, B { x: u8 } }
        pub unsafe trait T {} pub trait S: Sized { fn not_this(&self); }
        pub type A = u8; pub const C: &str = "pub fn x() {}"; pub static mut M: [u8; { 1 + 1 }] = [0; 2];
        pub mod m { pub fn not_this() {} } pub mod file;
        fn private() {} pub(crate) fn inside() {} pub(in crate::m) struct Inside; mod hidden {}
        #[doc(hidden)] pub fn secret() {}
        #[cfg(test)] pub fn only_in_tests() {}
        impl H<u8> { pub fn method() {} }
        pub fn r#match() {}
        // pub fn comment() {}
        const _: () = { pub fn nothing() {} };
        extern "C" { pub fn foreign(); static private_too: u8; }
        macro_rules! mine { () => { pub fn in_macro() {} } }
        #[macro_export] macro_rules! theirs { () => { pub fn in_macro() {} } }
        pub use std::fmt::Debug as _;
        "##,
    );
    let wanted = [
        "macro lib::theirs!",
        "function lib::a",
        "function lib::b",
        "function lib::c",
        "function lib::d",
        "function lib::e",
        "function lib::match",
        "function lib::foreign",
        "struct lib::F",
        "struct lib::G",
        "struct lib::H",
        "struct lib::U",
        "enum lib::E",
        "trait lib::T",
        "trait lib::S",
        "type lib::A",
        "module lib::m",
        "module lib::file",
        "constant lib::C",
        "constant lib::M",
    ];
    assert_eq!(points, wanted);
}

#[test]
fn conditions_are_looked_at() {
    let points = of_root(
        r#"#[cfg(feature = "on")] pub fn on() {}
        #[cfg(feature = "off")] pub fn off() {}
        #[cfg(not(feature = "off"))] pub fn not_off() {}
        #[cfg(any(feature = "off", unix))] pub fn any() {}
        #[cfg(all(feature = "on", windows))] pub fn all() {}
        #[cfg(windows)] pub mod windows;
        #[cfg(some_flag_of_its_own)] pub fn flag() {}
        "#,
    );
    assert_eq!(points, ["function lib::on", "function lib::not_off", "function lib::any"]);
}

#[test]
fn macro_calls_hide_nothing() {
    let points = of_root(
        r#"cfg_on! { pub mod on; pub use on::Thing; }
        cfg_off! { pub mod off; } cfg_io_off! { pub mod io_off; } cfg_not_off! { pub mod not_off; }
        cfg_if::cfg_if! {
            if #[cfg(windows)] { pub fn on_windows() {} }
            else if #[cfg(unix)] { pub fn on_unix() {} }
            else { pub fn elsewhere() {} }
        }
        bitflags! { pub struct Flags: u8 { const A = 1; } }
        __quote![ #[macro_export] macro_rules! in_brackets { () => {} } ];
        macro_rules! documented { ($item:item) => { #[macro_export] $item } }
        documented! { macro_rules! exported { () => {} } }
        plain! { macro_rules! not_exported { () => {} } }
        fn body() { cfg_on! { pub fn not_this() {} } }
        "#,
    );
    let wanted = [
        "macro lib::in_brackets!",
        "macro lib::exported!",
        "function lib::on_unix",
        "function lib::elsewhere",
        "struct lib::Flags",
        "item lib::Thing",
        "module lib::on",
        "module lib::not_off",
    ];
    assert_eq!(points, wanted);
}

#[test]
fn reexports_are_followed_to_what_they_mean() {
    let points = found(&[
        (
            "src/lib.rs",
            "#[macro_use] mod macros; mod one; mod two; pub mod deep { pub use super::two::*; }
            pub use one::{Made, make as build, nested::{self, Inner}, *};
            pub use self::two::Again; pub use crate::deep::Thing; pub use other::{Foreign, foreign};
            pub use two::{self as second}; pub extern crate other as renamed;",
        ),
        ("src/macros.rs", "#[macro_export] macro_rules! handy { () => {} } pub fn not_this() {}"),
        (
            "src/one.rs",
            "pub struct Made; pub fn make() {} pub mod nested; pub enum Starred {} fn private() {} pub(crate) fn no() {}",
        ),
        ("src/one/nested.rs", "pub trait Inner {}"),
        ("src/two/mod.rs", "mod three; pub use three::Again; pub struct Thing;"),
        ("src/two/three.rs", "pub type Again = u8;"),
    ]);
    let wanted = [
        "macro lib::handy!",
        "function lib::build",
        "function lib::make",
        "struct lib::Made",
        "struct lib::Thing",
        "enum lib::Starred",
        "trait lib::Inner",
        "type lib::Again",
        "item lib::Foreign",
        "item lib::foreign",
        "item lib::renamed",
        "module lib::deep",
        "module lib::nested",
        "module lib::second",
    ];
    assert_eq!(points, wanted);
}

#[test]
fn procedural_macros_are_what_one_writes() {
    let points = of_root(
        r#"#[proc_macro_derive(Serialize, attributes(serde))] pub fn derive(input: TokenStream) -> TokenStream { input }
        #[proc_macro_attribute] pub fn main(a: TokenStream, b: TokenStream) -> TokenStream { b }
        #[proc_macro] pub fn quote(input: TokenStream) -> TokenStream { input }"#,
    );
    assert_eq!(points, ["derive lib::Serialize", "attribute lib::main", "macro lib::quote!"]);
}

#[test]
fn what_the_documentation_names_comes_first() {
    let points = found(&[
        (
            "src/lib.rs",
            "//! Use [`second`], or `lib::third()`. A word in text like first is none, nor `#[first]`.
            #![doc = include_str!(\"../README.md\")]
            pub fn first() {} pub fn second() {} pub fn third() {}",
        ),
        ("src/../README.md", "```\nlib::third();\nfirst\n```\n"),
    ]);
    assert_eq!(points, ["function lib::third", "function lib::second", "function lib::first"]);
}

#[test]
fn what_cannot_be_read_has_none() {
    assert!(of_root("pub fn \" not Rust").is_empty());
    assert!(found(&[]).is_empty());
    let ring = found(&[
        ("src/lib.rs", "mod a; pub use a::*;"),
        ("src/a.rs", "pub use super::*; pub use self::*; pub fn f() {}"),
    ]);
    assert_eq!(ring, ["function lib::f"]);
}
