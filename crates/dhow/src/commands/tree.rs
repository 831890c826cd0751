//! `tree`

use dhow_ops::{Charset, Depth, Edges, Pattern, Prefix, TreeOptions};

use super::Exit;
use super::convert::{packages, place};
use crate::args::TreeArgs;
use crate::context::Context;
use crate::error::CliError;

pub(super) fn run(args: TreeArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let usage = |e: &dyn std::fmt::Display| CliError::usage(&e.to_string());
    if args.layers && args.edges.iter().any(|edge| edge == "features") {
        return Err(usage(&"`--layers` lists packages, and `--edges features` is about what connects them"));
    }
    let options = TreeOptions {
        edges: Edges::parse(&args.edges).map_err(|e| usage(&e))?,
        invert: args.invert,
        prune: args.prune,
        duplicates: args.duplicates,
        no_dedupe: args.no_dedupe,
        prefix: match args.prefix.as_str() {
            "depth" => Prefix::Depth,
            "none" => Prefix::None,
            _ => Prefix::Indent,
        },
        charset: match args.charset.as_deref() {
            Some("ascii") => Charset::Ascii,
            _ => Charset::Utf8,
        },
        format: Pattern::parse(&args.format).map_err(|e| usage(&e))?,
        depth: depth(args.depth.as_deref())?,
        layers: args.layers,
        packages: packages(args.packages)?,
        features: args.features.into(),
        targets: args.target,
    };
    let text = cx.with_session(|session| dhow_ops::tree(session, &options))?;
    if text.is_empty() {
        cx.warn(
            "nothing to print.\n\nA dependency may be there for other platforms only: `--target all` shows those too.",
        );
    }
    cx.print(text)?;
    Ok(0)
}

fn depth(text: Option<&str>) -> Result<Depth, CliError> {
    match text {
        None => Ok(Depth::Levels(usize::MAX)),
        Some("workspace") => Ok(Depth::Workspace),
        Some(levels) => levels
            .parse()
            .map(Depth::Levels)
            .map_err(|_| CliError::usage(&format!("`--depth {levels}`: expected a number or `workspace`"))),
    }
}
