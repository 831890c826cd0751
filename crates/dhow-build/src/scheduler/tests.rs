//! Fake jobs: order, pipelining, slots, failures.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::graph::Need::{Complete, Linkable, Metadata};

type Log = Mutex<Vec<String>>;

/// Writes what happens into a log. A job's behaviour is its letter.
struct Fake<'a> {
    jobs: &'a [char],
    log: Log,
    running: AtomicUsize,
    most: AtomicUsize,
    /// Opened by jobs of kind `o` and `y`; `w` waits for it after its metadata is there, `x` before it fails.
    gate: (Mutex<bool>, std::sync::Condvar),
}

impl Fake<'_> {
    fn note(&self, what: &str, job: usize) {
        self.log.lock().unwrap().push(format!("{what}{job}"));
    }

    fn wait(&self) {
        let mut open = self.gate.0.lock().unwrap();
        while !*open {
            open = self.gate.1.wait(open).unwrap();
        }
    }

    fn open(&self) {
        *self.gate.0.lock().unwrap() = true;
        self.gate.1.notify_all();
    }
}

impl Work for Fake<'_> {
    type Report = usize;
    type Error = String;

    fn must_run(&self, job: usize, _report: &mut dyn FnMut(usize)) -> Result<bool, String> {
        match self.jobs[job] {
            'f' => Ok(false),
            'e' => Err("undecidable".into()),
            _ => Ok(true),
        }
    }

    fn run(&self, job: usize, report: &dyn Fn(usize), metadata: &dyn Fn()) -> Result<(), String> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.note("+", job);
        report(job);
        match self.jobs[job] {
            's' => std::thread::sleep(Duration::from_millis(30)),
            'm' => metadata(),
            'w' => {
                metadata();
                self.wait();
            }
            'x' => self.wait(),
            'o' => self.open(),
            'p' => panic!("a bug"),
            'y' => {
                self.open();
                std::thread::sleep(Duration::from_millis(30));
            }
            _ => {}
        }
        self.note("-", job);
        self.running.fetch_sub(1, Ordering::SeqCst);
        if self.jobs[job] == 'x' { Err("failed".into()) } else { Ok(()) }
    }
}

struct Ran {
    log: Vec<String>,
    most: usize,
    failed: Vec<usize>,
    waited: bool,
    done: usize,
}

fn run_jobs(jobs: &[char], needs: Vec<Vec<(usize, Need)>>, slots: usize, keep_going: bool) -> Ran {
    let work = Fake {
        jobs,
        log: Mutex::default(),
        running: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        gate: Default::default(),
    };
    let client = jobserver::Client::new(slots - 1).unwrap();
    let (waited, last) = (std::cell::Cell::new(false), std::cell::Cell::new(0));
    let failures = run(&WaitGraph::new(needs), &work, client.clone(), keep_going, &|step| match step {
        Step::Waiting => waited.set(true),
        Step::Progress(done, _) => last.set(done),
        Step::Report(_) | Step::Failed(..) => {}
    });
    let failed = failures.map_err(|lost| lost.0).unwrap().into_iter().map(|(job, _)| job).collect();
    assert_eq!(client.available().unwrap(), slots - 1, "every slot has been given back");
    Ran {
        log: work.log.into_inner().unwrap(),
        most: work.most.into_inner(),
        failed,
        waited: waited.get(),
        done: last.get(),
    }
}

#[test]
fn needs_come_first_and_slots_are_used_but_not_exceeded() {
    let mut needs = vec![Vec::new(); 12];
    needs.push((0..12).map(|job| (job, Complete)).collect());
    let ran = run_jobs(&['s'; 13], needs, 3, false);
    assert_eq!((ran.most, ran.done), (3, 13));
    assert_eq!(ran.log.last().unwrap(), "-12");
    assert_eq!(ran.log.iter().position(|entry| entry == "+12").unwrap(), 24);
}

#[test]
fn one_slot_means_one_after_another_by_priority() {
    // 2 has more above it than 0 and 1.
    let needs = vec![vec![], vec![], vec![], vec![(2, Complete)], vec![(3, Complete)]];
    let ran = run_jobs(&['r'; 5], needs, 1, false);
    assert_eq!(ran.log, ["+2", "-2", "+3", "-3", "+0", "-0", "+1", "-1", "+4", "-4"]);
}

#[test]
fn metadata_is_enough_for_those_who_do_not_link() {
    // 0 ends only when 1 has run; 2 links both.
    let needs = vec![vec![], vec![(0, Metadata)], vec![(1, Linkable)]];
    let ran = run_jobs(&['w', 'o', 'r'], needs, 2, false);
    assert!(ran.failed.is_empty());
    assert_eq!(ran.log[..2], ["+0", "+1"]);
    let at = |what: &str| ran.log.iter().position(|entry| entry == what).unwrap();
    assert!(at("-0") < at("+2") && at("-1") < at("+2"), "{:?}", ran.log);
}

#[test]
fn linking_waits_for_everything_below() {
    // 1 needs only the metadata of 0, which takes long; 2 links 1 and with it 0, which it does not name.
    let needs = vec![vec![], vec![(0, Metadata)], vec![(1, Linkable)], vec![]];
    let ran = run_jobs(&['w', 'r', 'r', 'o'], needs, 2, false);
    let at = |what: &str| ran.log.iter().position(|entry| entry == what).unwrap();
    assert!(at("-0") < at("+2"), "{:?}", ran.log);
}

#[test]
fn done_jobs_do_not_run_but_let_others_run() {
    let needs = vec![vec![], vec![(0, Linkable)], vec![(1, Complete)]];
    let ran = run_jobs(&['f', 'f', 'r'], needs.clone(), 4, false);
    assert_eq!(ran.log, ["+2", "-2"]);
    assert!(run_jobs(&['f', 'f', 'f'], needs, 4, false).log.is_empty());
    assert!(run_jobs(&[], Vec::new(), 4, false).log.is_empty());
}

#[test]
fn a_failure_stops_new_jobs_and_waits_for_running_ones() {
    // 0 fails while 1 still runs; 2 could run but is not started any more.
    let needs = vec![vec![], vec![], vec![(1, Complete)], vec![(0, Complete)]];
    let ran = run_jobs(&['x', 'y', 'r', 'r'], needs.clone(), 2, false);
    assert_eq!((ran.failed.as_slice(), ran.waited), (&[0][..], true));
    assert!(ran.log.contains(&"-1".into()) && !ran.log.contains(&"+2".into()), "{:?}", ran.log);
    let ran = run_jobs(&['x', 'y', 'r', 'r'], needs, 2, true);
    assert_eq!((ran.failed.as_slice(), ran.waited), (&[0][..], false));
    assert!(ran.log.contains(&"-2".into()) && !ran.log.contains(&"+3".into()), "{:?}", ran.log);
}

#[test]
fn a_job_that_cannot_be_decided_fails() {
    assert_eq!(run_jobs(&['e', 'r'], vec![vec![], vec![(0, Complete)]], 2, true).failed, [0]);
}

#[test]
#[should_panic(expected = "a bug")]
fn a_panic_is_passed_on_and_does_not_hang() {
    run_jobs(&['p', 'r'], vec![vec![], vec![(0, Complete)]], 2, false);
}
