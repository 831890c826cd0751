//! `cargo xtask tidy`: holds the repository to what ARCHITECTURE.md and the style of the house say.
//! Each check is a pure function from the files to the problems in them.

mod code;
mod dependencies;
mod edges;
mod files;
mod manifests;
mod problem;
mod repo;
mod rings;
mod rooms;
mod table;

use std::io;
use std::path::Path;

use self::problem::Problem;
use self::repo::Repo;

/// Prints what is wrong below `root`; true if nothing is.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let repo = Repo::read(root)?;
    let problems = check(&repo);
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => println!("tidy: {} files are in order", repo.files().count()),
        count => println!("tidy: {count} problems"),
    }
    Ok(problems.is_empty())
}

fn check(repo: &Repo) -> Vec<Problem> {
    let (members, mut problems) = manifests::members(repo);
    problems.extend(edges::check(repo, &members));
    problems.extend(dependencies::check(repo, &members));
    problems.extend(rings::check(repo, &members));
    problems.extend(rooms::check(repo, &members));
    problems.extend(files::check(repo, &members));
    problems.sort();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo test` runs tidy.
    #[test]
    fn tidy_is_clean() {
        let root = crate::repository_root();
        let problems = check(&Repo::read(&root).unwrap());
        let printed: Vec<String> = problems.iter().map(Problem::to_string).collect();
        assert!(printed.is_empty(), "{}", printed.join("\n"));
    }
}
