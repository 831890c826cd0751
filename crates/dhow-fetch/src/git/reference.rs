//! What a dependency asks of a repository, as refspecs to fetch and as revisions to look up. References are kept under
//! the names that Cargo keeps them under, so that either finds what the other has fetched.

use dhow_model::GitReference;

use crate::error::FetchError;

/// What to fetch at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refspecs {
    pub(super) specs: Vec<String>,
    pub(super) tags: bool,
}

/// Everything: what is asked for may be anywhere.
fn everything() -> Refspecs {
    let specs = ["+refs/heads/*:refs/remotes/origin/*", "+HEAD:refs/remotes/origin/HEAD"];
    Refspecs { specs: specs.map(str::to_owned).to_vec(), tags: true }
}

/// That reference alone; everything, where that says not enough of it.
pub(super) fn of_reference(reference: &GitReference) -> Refspecs {
    let one = |spec: String| Refspecs { specs: vec![spec], tags: false };
    match reference {
        GitReference::Branch(branch) => one(format!("+refs/heads/{branch}:refs/remotes/origin/{branch}")),
        GitReference::Tag(tag) => one(format!("+refs/tags/{tag}:refs/remotes/origin/tags/{tag}")),
        GitReference::DefaultBranch => one("+HEAD:refs/remotes/origin/HEAD".to_owned()),
        GitReference::Rev(rev) if rev.starts_with("refs/") => one(format!("+{rev}:{rev}")),
        GitReference::Rev(rev) if is_commit(rev) => one(of_commit(rev)),
        GitReference::Rev(_) => everything(),
    }
}

/// A commit that is known by its hash: what to try, one after the other. Not every server gives out a commit that is
/// not the tip of something; then it may be behind one.
pub(super) fn of_locked(commit: &str, reference: &GitReference) -> Vec<Refspecs> {
    let mut with_reference = of_reference(reference);
    with_reference.specs.retain(|spec| *spec != of_commit(commit));
    with_reference.specs.push(of_commit(commit));
    let alone = Refspecs { specs: vec![of_commit(commit)], tags: false };
    let mut tries = vec![with_reference];
    if !tries.contains(&alone) {
        tries.push(alone);
    }
    tries.push(everything());
    tries
}

fn of_commit(commit: &str) -> String {
    format!("+{commit}:refs/commit/{commit}")
}

/// The revision by which a reference is looked up in the home.
pub(super) fn revision(reference: &GitReference) -> String {
    match reference {
        GitReference::Branch(branch) => format!("refs/remotes/origin/{branch}"),
        GitReference::Tag(tag) => format!("refs/remotes/origin/tags/{tag}"),
        GitReference::DefaultBranch => "refs/remotes/origin/HEAD".to_owned(),
        GitReference::Rev(rev) => rev.clone(),
    }
}

/// Whether that is a whole hash.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Refuses what is no name of a reference: it could mean something else in a refspec.
///
/// # Errors
/// It is none.
pub(super) fn check(url: &str, reference: &GitReference) -> Result<(), FetchError> {
    let name = match reference {
        GitReference::Branch(name) | GitReference::Tag(name) => name,
        GitReference::Rev(name) if name.starts_with("refs/") => name,
        GitReference::Rev(_) | GitReference::DefaultBranch => return Ok(()),
    };
    let bad_char = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    let bad_part = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.ends_with(".lock") || part.contains("..")
    };
    let is_name = !name.contains(bad_char)
        && !name.contains("@{")
        && !name.ends_with('.')
        && !name.split('/').any(bad_part)
        && name != "@";
    if is_name {
        return Ok(());
    }
    let reason = format!("`{name}` cannot be the name of a branch, a tag or a reference");
    Err(FetchError::GitReference { url: url.to_owned(), reason })
}

/// For people.
pub(super) fn describe(reference: &GitReference) -> String {
    match reference {
        GitReference::Branch(branch) => format!("there is no branch `{branch}`"),
        GitReference::Tag(tag) => format!("there is no tag `{tag}`"),
        GitReference::Rev(rev) => format!("there is no revision `{rev}`"),
        GitReference::DefaultBranch => "it has no default branch (is it empty?)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789012345678901234567890123456789";

    fn specs(reference: &GitReference) -> String {
        let found = of_reference(reference);
        format!("{}{}", found.specs.join(" "), if found.tags { " tags" } else { "" })
    }

    #[test]
    fn references_have_the_names_that_cargo_gives_them() {
        let rev = |text: &str| GitReference::Rev(text.to_owned());
        assert_eq!(specs(&GitReference::Branch("a/b".into())), "+refs/heads/a/b:refs/remotes/origin/a/b");
        assert_eq!(specs(&GitReference::Tag("v1".into())), "+refs/tags/v1:refs/remotes/origin/tags/v1");
        assert_eq!(specs(&GitReference::DefaultBranch), "+HEAD:refs/remotes/origin/HEAD");
        assert_eq!(specs(&rev("refs/pull/1/head")), "+refs/pull/1/head:refs/pull/1/head");
        assert_eq!(specs(&rev(COMMIT)), format!("+{COMMIT}:refs/commit/{COMMIT}"));
        assert!(specs(&rev("0123456")).ends_with(" tags"));
        assert_eq!(revision(&GitReference::Tag("v1".into())), "refs/remotes/origin/tags/v1");
    }

    #[test]
    fn a_locked_commit_is_looked_for_everywhere_in_the_end() {
        let tries = of_locked(COMMIT, &GitReference::Branch("x".into()));
        assert_eq!(tries.len(), 3);
        assert_eq!(tries[0].specs.len(), 2);
        assert!(tries[2].tags);
        assert_eq!(of_locked(COMMIT, &GitReference::Rev(COMMIT.into())).len(), 2);
    }

    #[test]
    fn names_that_mean_more_than_a_name_are_refused() {
        let check = |name: &str| {
            let branch = check("x", &GitReference::Branch(name.to_owned())).is_ok();
            assert_eq!(branch, super::check("x", &GitReference::Tag(name.to_owned())).is_ok());
            branch
        };
        for good in ["main", "a/b", "-x", "feature#1", "v1.0", "a@b"] {
            assert!(check(good), "{good}");
        }
        for bad in ["a:b", "a*", "", "a//b", "../x", "a b", "x.lock", "a\nb", "@{u}", "/a", "a^"] {
            assert!(!check(bad), "{bad}");
        }
    }
}
