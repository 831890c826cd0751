//! `locate-project`

use super::Exit;
use super::convert::place;
use crate::args::{LocateFormat, LocateProjectArgs};
use crate::context::Context;

pub(super) fn run(args: LocateProjectArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let path = cx.with_session(|session| dhow_ops::locate_project(session, args.workspace))?;
    match args.message_format {
        Some(LocateFormat::Plain) => cx.print(format_args!("{}\n", path.display()))?,
        Some(LocateFormat::Json) | None => {
            cx.print(format_args!("{}\n", dhow_ops::located_as_json(&path)))?
        }
    }
    Ok(0)
}
