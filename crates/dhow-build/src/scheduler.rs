//! Runs jobs in the order of their needs, as many at once as there are slots. Knows nothing of what a job does.

use std::any::Any;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::graph::{Need, WaitGraph};
use crate::slots::{Granted, Slots};

/// What jobs do. `R` is what they tell on the way, `E` how they fail.
pub(crate) trait Work: Sync {
    /// What a job tells while it runs.
    type Report: Send + 'static;
    /// Why a job fails.
    type Error: Send + 'static;

    /// Everything that the job needs is there: must it run? Called on the scheduling thread; has to be quick.
    fn must_run(&self, job: usize, report: &mut dyn FnMut(Self::Report)) -> Result<bool, Self::Error>;

    /// Runs the job on a thread of its own. `metadata` says that its metadata is there.
    fn run(&self, job: usize, report: &dyn Fn(Self::Report), metadata: &dyn Fn()) -> Result<(), Self::Error>;
}

/// What the scheduler tells.
pub(crate) enum Step<'a, R, E> {
    /// A job tells something.
    Report(R),
    /// A job has failed.
    Failed(usize, &'a E),
    /// The first failure: nothing new is started, but others still run.
    Waiting,
    /// Jobs done, and those that run.
    Progress(usize, &'a [usize]),
}

/// Who is told.
type Tell<'a, W> = &'a dyn for<'s> Fn(Step<'s, <W as Work>::Report, <W as Work>::Error>);

/// Why jobs could not be run at all.
#[derive(Debug)]
pub(crate) struct SlotsLost(pub(crate) std::io::Error);

enum Message<R, E> {
    Slot(Granted),
    Report(R),
    Metadata(usize),
    Done(usize, Result<(), E>),
    Panicked(Box<dyn Any + Send>),
}

impl<R, E> From<Granted> for Message<R, E> {
    fn from(granted: Granted) -> Self {
        Self::Slot(granted)
    }
}

/// Runs every job of `graph`. Returns the failures, in the order of failing.
pub(crate) fn run<W: Work>(
    graph: &WaitGraph,
    work: &W,
    client: jobserver::Client,
    keep_going: bool,
    tell: Tell<'_, W>,
) -> Result<Vec<(usize, W::Error)>, SlotsLost> {
    let (sender, receiver) = channel();
    let slots = Slots::new(client, sender.clone());
    std::thread::scope(|scope| {
        let scheduler = Scheduler {
            graph,
            work,
            tell,
            keep_going,
            slots,
            waits: Waits::new(graph),
            queue: BinaryHeap::new(),
            active: Vec::new(),
            done: 0,
            failures: Vec::new(),
        };
        scheduler.run(scope, sender, &receiver)
    })
}

struct Scheduler<'a, W: Work> {
    graph: &'a WaitGraph,
    work: &'a W,
    tell: Tell<'a, W>,
    keep_going: bool,
    slots: Slots<Message<W::Report, W::Error>>,
    waits: Waits<'a>,
    /// Jobs that must run and can.
    queue: BinaryHeap<(usize, Reverse<usize>)>,
    active: Vec<usize>,
    done: usize,
    failures: Vec<(usize, W::Error)>,
}

impl<'a, W: Work> Scheduler<'a, W> {
    fn run<'scope>(
        mut self,
        scope: &'scope std::thread::Scope<'scope, '_>,
        sender: Sender<Message<W::Report, W::Error>>,
        receiver: &Receiver<Message<W::Report, W::Error>>,
    ) -> Result<Vec<(usize, W::Error)>, SlotsLost>
    where
        'a: 'scope,
    {
        let mut ready: Vec<usize> = (0..self.graph.len()).filter(|job| self.waits.is_ready(*job)).collect();
        loop {
            self.decide(&mut ready);
            while self.may_start() && self.slots.allow(self.active.len()) {
                let Some((_, Reverse(job))) = self.queue.pop() else { break };
                self.active.push(job);
                self.progress();
                start(scope, self.work, job, sender.clone());
            }
            if self.active.is_empty() && (self.queue.is_empty() || !self.may_start()) {
                return Ok(self.failures);
            }
            if self.may_start() {
                self.slots.request(self.active.len() + self.queue.len()).map_err(SlotsLost)?;
            }
            // The senders live in `sender` and in running jobs: there is always one.
            let Ok(message) = receiver.recv() else { return Ok(self.failures) };
            self.handle(message, &mut ready)?;
            let waiting = if self.may_start() { self.queue.len() } else { 0 };
            self.slots.give_back(self.active.len(), waiting);
        }
    }

    fn handle(
        &mut self,
        message: Message<W::Report, W::Error>,
        ready: &mut Vec<usize>,
    ) -> Result<(), SlotsLost> {
        match message {
            Message::Slot(Ok(slot)) => self.slots.granted(slot),
            Message::Slot(Err(error)) => return Err(SlotsLost(error)),
            Message::Report(report) => (self.tell)(Step::Report(report)),
            Message::Metadata(job) => self.waits.metadata(job, ready),
            Message::Panicked(panic) => resume_unwind(panic),
            Message::Done(job, result) => {
                self.active.retain(|active| *active != job);
                match result {
                    Ok(()) => {
                        self.waits.complete(job, ready);
                        self.done += 1;
                    }
                    Err(error) => self.fail(job, error),
                }
                self.progress();
            }
        }
        Ok(())
    }

    /// Looks at every job whose needs are met: it is done already, or it has to run.
    fn decide(&mut self, ready: &mut Vec<usize>) {
        while let Some(job) = ready.pop() {
            if !self.may_start() {
                return;
            }
            match self.work.must_run(job, &mut |report| (self.tell)(Step::Report(report))) {
                Ok(false) => {
                    self.waits.complete(job, ready);
                    self.done += 1;
                }
                Ok(true) => self.queue.push((self.graph.priority[job], Reverse(job))),
                Err(error) => self.fail(job, error),
            }
        }
    }

    fn may_start(&self) -> bool {
        self.failures.is_empty() || self.keep_going
    }

    fn fail(&mut self, job: usize, error: W::Error) {
        (self.tell)(Step::Failed(job, &error));
        let first = self.failures.is_empty();
        self.failures.push((job, error));
        if first && !self.active.is_empty() && !self.keep_going {
            (self.tell)(Step::Waiting);
        }
    }

    fn progress(&self) {
        (self.tell)(Step::Progress(self.done, &self.active));
    }
}

fn start<'scope, W: Work>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    work: &'scope W,
    job: usize,
    sender: Sender<Message<W::Report, W::Error>>,
) {
    scope.spawn(move || {
        // A send fails only when the scheduler has given up: then nobody wants to know.
        let send = |message| {
            let _ignored = sender.send(message);
        };
        let report = |report| send(Message::Report(report));
        let metadata = || send(Message::Metadata(job));
        // The scheduler waits for this thread's last word, so there must be one.
        match catch_unwind(AssertUnwindSafe(|| work.run(job, &report, &metadata))) {
            Ok(result) => send(Message::Done(job, result)),
            Err(panic) => send(Message::Panicked(panic)),
        }
    });
}

/// What each job still waits for.
struct Waits<'a> {
    graph: &'a WaitGraph,
    /// How many needs are not met.
    unmet: Vec<usize>,
    /// How many of the jobs below are not linkable yet, and the job itself if it is not complete.
    unlinkable: Vec<usize>,
    has_metadata: Vec<bool>,
}

impl<'a> Waits<'a> {
    fn new(graph: &'a WaitGraph) -> Self {
        let unmet: Vec<usize> = graph.needs.iter().map(Vec::len).collect();
        let unlinkable = unmet.iter().map(|count| count + 1).collect();
        Self { graph, unmet, unlinkable, has_metadata: vec![false; graph.len()] }
    }

    fn is_ready(&self, job: usize) -> bool {
        self.unmet[job] == 0
    }

    fn meet(&mut self, job: usize, met: Need, ready: &mut Vec<usize>) {
        for (dependent, need) in &self.graph.dependents[job] {
            if *need == met {
                self.unmet[*dependent] -= 1;
                if self.unmet[*dependent] == 0 {
                    ready.push(*dependent);
                }
            }
        }
    }

    fn metadata(&mut self, job: usize, ready: &mut Vec<usize>) {
        if !std::mem::replace(&mut self.has_metadata[job], true) {
            self.meet(job, Need::Metadata, ready);
        }
    }

    fn complete(&mut self, job: usize, ready: &mut Vec<usize>) {
        self.metadata(job, ready);
        self.meet(job, Need::Complete, ready);
        let mut linkable = vec![job];
        while let Some(job) = linkable.pop() {
            self.unlinkable[job] -= 1;
            if self.unlinkable[job] == 0 {
                self.meet(job, Need::Linkable, ready);
                linkable.extend(self.graph.dependents[job].iter().map(|(dependent, _)| *dependent));
            }
        }
    }
}

#[cfg(test)]
mod tests;
