//! `info`

use dhow_ops::InfoOptions;

use super::Exit;
use crate::args::InfoArgs;
use crate::context::Context;

pub(super) fn run(args: InfoArgs, cx: &mut Context) -> Exit {
    let options = InfoOptions { spec: args.spec, registry: args.registry.into() };
    let info = cx.with_session(|session| dhow_ops::info(session, &options))?;
    cx.print(dhow_term::package_info(&info, cx.is_verbose()))?;
    if let Some(command) = &info.tree_command {
        cx.note(&format!("to see how you depend on {}, run `{command}`", info.name));
    }
    Ok(0)
}
