//! `metadata`

use dhow_ops::MetadataOptions;

use super::Exit;
use super::convert::place;
use crate::args::MetadataArgs;
use crate::context::Context;

pub(super) fn run(args: MetadataArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    if args.format_version.is_none() {
        cx.warn("give `--format-version 1`: a later version may become the default and look different");
    }
    let options = MetadataOptions {
        features: args.features.into(),
        no_deps: args.no_deps,
        filter_platforms: args.filter_platform,
    };
    let mut json = cx.with_session(|session| dhow_ops::metadata(session, &options))?;
    json.push('\n');
    cx.print(json)?;
    Ok(0)
}
