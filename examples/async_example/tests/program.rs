//! The whole program, as a user starts and stops it.

use std::process::{Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_async_example"))
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn it_ends_by_itself_with_every_echo_counted() {
    let output = program().args(["--clients", "3", "--messages", "4", "--pace-ms", "1"]).output().unwrap();
    let text = stdout(&output);
    assert!(text.contains("served 3 connections, 12 echoes, "), "{text}");
    assert!(text.ends_with("3 of 3 clients finished\n"), "{text}");
}

#[test]
fn a_wrong_argument_is_exit_code_two() {
    let output = program().arg("--speed").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_gracefully() {
    use std::io::{BufRead, BufReader, Read};

    let mut child =
        program().args(["--messages", "1000", "--pace-ms", "60000"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    // It listens for signals before it greets.
    lines.read_line(&mut String::new()).unwrap();
    let killed = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(rest.contains("stopped early by a request to terminate"), "{rest}");
    assert!(rest.ends_with("0 of 4 clients finished\n"), "{rest}");
}
