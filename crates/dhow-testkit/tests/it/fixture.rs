//! One project that uses every kind of package the registry can hold.

use dhow_testkit::{Registry, Sandbox};

/// Packages of every kind.
pub(crate) fn registry() -> Registry {
    let registry = Registry::new();
    registry.versions("leaf", &["1.0.0", "1.0.5"]);
    registry.package("leaf", "1.1.0").yanked(true).publish();
    registry
        .package("answer-macro", "1.0.0")
        .proc_macro()
        .lib(concat!(
            "use proc_macro::TokenStream;\n",
            "#[proc_macro] pub fn answer(_: TokenStream) -> TokenStream { \"42\".parse().unwrap() }\n",
        ))
        .publish();
    registry
        .package("native", "0.3.0")
        .links("z")
        .build_dep("leaf", "1")
        .build_script("fn main() { leaf::leaf(); println!(\"cargo::rustc-env=GREETING=hello\"); }")
        .lib("pub fn greeting() -> &'static str { env!(\"GREETING\") }")
        .publish();
    registry.package("only-windows", "1.0.0").lib("compile_error!(\"not here\");").publish();
    registry.package("extra", "2.0.0").feature("std", &[]).publish();
    registry
        .package("hub", "1.2.3")
        .edition("2018")
        .dep("leaf", "1")
        .target_dep("cfg(windows)", "only-windows", "1")
        .renamed_dep("renamed", "native", "0.3")
        .dep_with("extra", "2", |d| d.optional().no_default())
        .dev_dep("never-published", "1")
        .feature("full", &["dep:extra", "extra?/std"])
        .lib(concat!(
            "#[cfg(not(feature = \"full\"))] compile_error!(\"needs full\");\n",
            "pub fn say() -> &'static str { extra::extra(); leaf::leaf(); renamed::greeting() }\n",
        ))
        .publish();
    registry.package("picky", "1.0.0").rust_version("1.60").publish();
    registry.package("picky", "1.1.0").rust_version("99.0").publish();
    registry
}

/// A program that prints `hello 42`, made of them.
pub(crate) fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .manifest(
            "app",
            concat!(
                "resolver = \"3\"\nrust-version = \"1.70\"\n[dependencies]\nanswer-macro = \"1\"\npicky = \"1\"\n",
                "hub = { version = \"1\", features = [\"full\"] }\n",
            ),
        )
        .file(
            "src/main.rs",
            "fn main() { picky::picky(); println!(\"{} {}\", hub::say(), answer_macro::answer!()); }",
        );
    sandbox
}

/// A project with one dependency.
pub(crate) fn project_on(dependency: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.manifest("app", &format!("[dependencies]\n{dependency} = \"1\"\n")).file("src/lib.rs", "");
    sandbox
}
