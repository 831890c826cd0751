//! What git says when it cannot fetch, and what that means: git has no codes for it, only words.

/// Why a fetch failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// May work next time: the network, the server.
    Spurious,
    /// The server has no such reference or object.
    NoReference,
    /// What is in the home is broken.
    Corrupt,
    /// Everything else: no such repository, no permission.
    Final,
}

/// Words that stand for something, in the order in which they are looked for.
const WORDS: &[(Failure, &[&str])] = &[
    (
        Failure::NoReference,
        &["couldn't find remote ref", "not our ref", "no such remote ref", "unadvertised object"],
    ),
    (
        Failure::Final,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied",
            "Host key verification failed",
            "not found",
            "does not appear to be a git repository",
            "transport '",
            "certificate",
        ],
    ),
    (
        Failure::Corrupt,
        &[
            "is corrupt",
            "bad object",
            "missing blob",
            "missing tree",
            "missing commit",
            "unable to read tree",
            "did not send all necessary objects",
        ],
    ),
    (
        Failure::Spurious,
        &[
            "Could not resolve host",
            "Failed to connect",
            "Couldn't connect",
            "Connection refused",
            "Connection reset",
            "Connection timed out",
            "Connection closed",
            "Operation timed out",
            "Operation too slow",
            "Temporary failure in name resolution",
            "Network is unreachable",
            "early EOF",
            "unexpected disconnect",
            "RPC failed",
            "The remote end hung up unexpectedly",
            "returned error: 429",
            "returned error: 5",
            "Empty reply from server",
            "transfer closed",
            "kex_exchange_identification",
            "unable to connect to",
            "gnutls_handshake",
            "SSL_ERROR_SYSCALL",
        ],
    ),
];

/// What kind of failure git tells on its standard error.
pub(super) fn kind(stderr: &str) -> Failure {
    let said = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    WORDS.iter().find(|(_, words)| said(words)).map_or(Failure::Final, |(kind, _)| *kind)
}

/// What only decorates an error.
const NOISE: &[&str] = &[
    "From ",
    "* ",
    "hint: ",
    "warning: ",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
    "Warning: Permanently added",
];

/// What git, or what it runs, says, without its decoration.
pub(super) fn reason(stderr: &str) -> String {
    let lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = lines.filter(|line| !NOISE.iter().any(|noise| line.starts_with(noise)));
    let bare = telling.map(|line| {
        let starts = ["fatal: ", "error: ", "remote: "];
        starts.iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line)
    });
    bare.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_git_are_understood() {
        let check = |text: &str, expect: Failure| assert_eq!(kind(text), expect, "{text}");
        check("fatal: couldn't find remote ref refs/heads/x\n", Failure::NoReference);
        check("fatal: remote error: upload-pack: not our ref 0123\n", Failure::NoReference);
        check("fatal: unable to access 'http://x/': Could not resolve host: x\n", Failure::Spurious);
        check(
            "fatal: unable to access 'http://x/': The requested URL returned error: 503\n",
            Failure::Spurious,
        );
        check("fatal: repository 'http://x/' not found\n", Failure::Final);
        check(
            "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.\n",
            Failure::Final,
        );
        check("fatal: transport 'file' not allowed\n", Failure::Final);
        assert_eq!(reason("From x\nerror: a\n\nfatal: b\n"), "a; b");
        let ssh = "Host key verification failed.\nfatal: Could not read.\n\nand the repository exists.\n";
        assert_eq!(reason(ssh), "Host key verification failed.; Could not read.");
    }
}
