//! `hub`

use super::Exit;
use super::convert::place;
use crate::args::{HubArgs, HubCommand};
use crate::context::Context;
use crate::error::FAILURE;

pub(super) fn run(args: HubArgs, cx: &mut Context) -> Exit {
    match args.command {
        HubCommand::Verify(args) => {
            place(cx, args.manifest, None);
            let verified = cx.with_session(|session| dhow_ops::hub_verify(session, args.repair))?;
            Ok(if cx.report_hub_verified(&verified)? { 0 } else { FAILURE })
        }
    }
}
