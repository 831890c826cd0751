//! `logout`

use super::Exit;
use crate::args::LogoutArgs;
use crate::context::Context;

pub(super) fn run(args: LogoutArgs, cx: &mut Context) -> Exit {
    cx.with_session(|session| dhow_ops::logout(session, args.registry.registry))?;
    Ok(0)
}
