//! Real children: what they print, how they end, and that they end with us.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at what processes leave, and one test starts itself again"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dhow_process::{Environment, Process, ProcessError};

fn shell(script: &str) -> Process {
    let env = Environment::from([("PATH".into(), "/usr/bin:/bin".into())]);
    let mut process = Process::new("/bin/sh", "/", Arc::new(env));
    process.args(["-c", script]);
    process
}

#[test]
fn output_is_collected_and_status_not_judged() {
    let output = shell("echo out; echo err >&2; exit 3").output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_failed_process_shows_what_it_printed() {
    let error = shell("echo why >&2; kill -SEGV $$").checked_output().unwrap_err().to_string();
    assert!(error.contains("SIGSEGV") && error.ends_with("--- stderr\nwhy"), "{error}");
}

#[test]
fn environment_is_what_was_given_and_nothing_else() {
    let mut process = shell("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= | sort");
    process.env("A", "1");
    assert_eq!(String::from_utf8(process.output().unwrap().stdout).unwrap(), "A=1\nPATH=/usr/bin:/bin\n");
}

#[test]
fn lines_come_one_by_one_and_large_output_does_not_block() {
    let script = "i=0; while [ $i -lt 20000 ]; do echo line$i; echo e$i >&2; i=$((i+1)); done; printf last";
    let (mut out, mut err) = (Vec::new(), 0);
    let status = shell(script).stream(|line| out.push(line.to_vec()), |_line| err += 1).unwrap();
    assert!(status.success());
    assert_eq!((out.len(), err), (20001, 20000));
    assert_eq!((out[7].as_slice(), out[20000].as_slice()), (&b"line7"[..], &b"last"[..]));
}

#[test]
fn a_coprocess_answers_and_its_complaints_are_kept() {
    let mut talk = shell("while read -r line; do echo \"got $line\"; printf ab; done; echo why >&2; exit 4")
        .coprocess()
        .unwrap();
    for word in ["one", "two"] {
        talk.send(format!("{word}\n").as_bytes()).unwrap();
        assert_eq!(talk.read_line(100).unwrap().unwrap(), format!("got {word}").into_bytes());
        assert_eq!(talk.read_bytes(2).unwrap(), b"ab");
    }
    let (status, errors) = talk.finish().unwrap();
    assert_eq!((status.code(), errors.as_slice()), (Some(4), &b"why\n"[..]));
    let output = shell("cat").output_with_input(&vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(output.stdout.len(), 1 << 20);
    let mut gone = shell("exit 1").coprocess().unwrap();
    assert_eq!(gone.read_line(100).unwrap(), None);
    assert!(gone.read_bytes(1).is_err());
    let mut endless = shell("while :; do printf x; done").coprocess_on_terminal().unwrap();
    assert!(endless.read_line(100).is_err());
}

#[test]
fn errors_name_the_program_and_what_to_try() {
    let env = Arc::new(Environment::from([("PATH".into(), "/usr/bin".into())]));
    let missing = Process::new("no-such-program-here", "/", env.clone()).output().unwrap_err();
    assert!(
        matches!(missing, ProcessError::NoProgram { .. }) && missing.to_string().contains("PATH"),
        "{missing}"
    );
    let directory = Process::new("/bin/sh", "/no/such/dir", env.clone()).output().unwrap_err();
    assert!(matches!(directory, ProcessError::NoDirectory { .. }), "{directory}");
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = Process::new(file.path(), "/", env).output().unwrap_err();
    assert!(matches!(refused, ProcessError::NotExecutable { .. }), "{refused}");
}

#[test]
fn children_outlive_the_thread_that_asked_for_them() {
    // The parent-death signal belongs to the forking thread: it must not be one that ends.
    let process = shell("sleep 0.3; echo alive");
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        std::thread::spawn(move || sender.send(process.output().unwrap()));
    })
    .join()
    .unwrap();
    assert_eq!(receiver.recv().unwrap().stdout, b"alive\n");
}

/// Started again by the next test, as a process of its own that can be killed.
#[test]
#[ignore = "half of another test"]
fn parent_to_be_killed() {
    let file = std::env::var("DHOW_TEST_PID_FILE").unwrap();
    shell(&format!("echo $$ > {file}.new; mv {file}.new {file}; exec sleep 600")).output().unwrap();
}

#[test]
fn children_die_when_we_are_killed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    let mut parent = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "parent_to_be_killed"])
        .env("DHOW_TEST_PID_FILE", &file)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| file.exists());
    let pid = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let running = || match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.contains(") Z "),
        Err(_) => false,
    };
    assert!(running());
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_until(|| !running());
    assert!(Path::new("/proc/self/stat").exists(), "without /proc this test would prove nothing");
}

#[test]
fn a_held_file_stays_locked_until_the_last_grandchild_ends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let open = || std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).unwrap();
    let lock = open();
    lock.lock().unwrap();
    let mut process = shell(&format!("(sleep 0.3; touch {}/done) >/dev/null 2>&1 &", dir.path().display()));
    process.held = Some(Arc::new(lock.into()));
    process.output().unwrap();
    drop(process);
    assert!(open().try_lock().is_err(), "the child is gone, its own child is not");
    open().lock().unwrap();
    assert!(dir.path().join("done").exists());
}

fn wait_until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited too long");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// In a process of its own: stopping is for the whole process, the other tests run beside it.
#[test]
#[ignore = "half of another test"]
fn stopper() {
    let started = Instant::now();
    let long = std::thread::spawn(|| shell("exec sleep 600").output().unwrap());
    std::thread::sleep(Duration::from_millis(200));
    dhow_process::stop_all();
    assert!(!long.join().unwrap().status.success());
    assert!(matches!(shell("true").output(), Err(ProcessError::Stopping)));
    dhow_process::allow_processes();
    assert!(shell("true").output().unwrap().status.success());
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn stop_all_ends_children_and_refuses_new_ones() {
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "stopper"])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}
