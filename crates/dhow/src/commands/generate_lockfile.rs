//! `generate-lockfile`

use super::Exit;
use super::convert::place;
use crate::args::GenerateLockfileArgs;
use crate::context::Context;

pub(super) fn run(args: GenerateLockfileArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    cx.with_session(|session| dhow_ops::generate_lockfile(session, args.ignore_rust_version))?;
    Ok(0)
}
