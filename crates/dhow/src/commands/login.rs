//! `login`

use std::io::IsTerminal;

use dhow_config::Secret;
use dhow_ops::LoginOptions;

use super::Exit;
use crate::args::LoginArgs;
use crate::context::Context;

pub(super) fn run(args: LoginArgs, cx: &mut Context) -> Exit {
    if args.token.is_some() {
        cx.warn("a token on the command line stays in the shell's history: give it on standard input");
    }
    let typed = args.token.map(Secret::new);
    let stdin = std::io::stdin();
    let piped = || match &typed {
        Some(token) => Ok(Some(token.clone())),
        None if stdin.is_terminal() => Ok(None),
        None => {
            let mut line = String::new();
            stdin.read_line(&mut line)?;
            let token = line.trim();
            Ok((!token.is_empty()).then(|| Secret::new(token)))
        }
    };
    let read_line = || {
        let mut line = String::new();
        stdin.read_line(&mut line).map(|_| line)
    };
    cx.with_session(|session| {
        let registry = args.registry.registry;
        let options = LoginOptions { registry, args: args.args, piped: &piped, read_line: &read_line };
        dhow_ops::login(session, options)
    })?;
    Ok(0)
}
