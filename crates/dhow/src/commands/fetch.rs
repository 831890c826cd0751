//! `fetch`

use super::Exit;
use super::convert::place;
use crate::args::FetchArgs;
use crate::context::Context;

pub(super) fn run(args: FetchArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    cx.with_session(|session| dhow_ops::fetch(session, &args.target))?;
    Ok(0)
}
