//! `search`

use dhow_ops::{MAX_SEARCH_LIMIT, SearchOptions};

use super::Exit;
use crate::args::SearchArgs;
use crate::context::Context;

pub(super) fn run(args: SearchArgs, cx: &mut Context) -> Exit {
    let limit = args.limit.min(MAX_SEARCH_LIMIT);
    let options = SearchOptions { query: args.query.join("+"), limit, registry: args.registry.into() };
    let found = cx.with_session(|session| dhow_ops::search(session, &options))?;
    cx.print(dhow_term::found_lines(&found, &options.query, limit))?;
    if !found.packages.is_empty() {
        cx.note("to learn more about a package, run `dhow info <name>`");
    }
    Ok(0)
}
