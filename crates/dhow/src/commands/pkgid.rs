//! `pkgid`

use super::Exit;
use super::convert::place;
use crate::args::PkgidArgs;
use crate::context::Context;

pub(super) fn run(args: PkgidArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let spec = args.spec.or(args.package);
    let found = cx.with_session(|session| dhow_ops::pkgid(session, spec.as_deref()))?;
    cx.print(format_args!("{found}\n"))?;
    Ok(0)
}
