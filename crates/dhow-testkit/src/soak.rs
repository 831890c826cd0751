//! One home used by many programs at once, of both tools, with random commands and random SIGKILLs.
//!
//! Every worker has a project of its own (whose lock file and target directory no second command uses at the same
//! time); all share one home. What must hold: no command fails unless it was killed, and at the end every project
//! builds without the network, with both tools, and the home is as it should be.

mod commands;
mod place;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use self::commands::{PROGRAM, Tool, Words, choose, is_right, is_run_again, left_by_killed};
use self::place::Place;
use crate::process::{Cmd, Output};
use crate::random::Random;
use crate::sandbox::Sandbox;

/// How long and how hard.
#[derive(Clone, Debug)]
pub struct Soak {
    /// The program under test.
    pub dhow: PathBuf,
    /// What all choices come from.
    pub seed: u64,
    /// How often all workers start a command.
    pub rounds: u32,
    /// How many run Dhow at a time.
    pub dhows: usize,
    /// How many run the real cargo at a time.
    pub cargos: usize,
    /// Of a hundred commands, so many are killed.
    pub killed_percent: u64,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Soaked {
    /// Commands that were run.
    pub commands: usize,
    /// Of these, how many a kill met alive.
    pub killed: usize,
    /// Real cargos that a collection took sources from before they held their lock, and that were run again.
    pub run_again: usize,
    /// Archives that were asked for.
    pub downloads: usize,
    /// Archives that were asked for once more without a killed command to explain it, and how often.
    pub repeated: BTreeMap<String, usize>,
    /// Commands that failed, and nobody had killed them; with their rounds.
    pub failures: Vec<String>,
}

/// Rounds until the home is emptied, so that there is something to do again.
const EPOCH: u32 = 5;

/// One command of a round.
struct Run {
    tool: Tool,
    words: Words,
    cmd: Cmd,
    kill: Option<Duration>,
}

impl Soak {
    /// Runs all rounds. `told` hears of each.
    ///
    /// # Panics
    /// When a command hangs.
    pub fn run(&self, told: &mut dyn FnMut(u32, &Soaked)) -> Soaked {
        let mut random = Random::new(self.seed);
        let place = Place::new(self.dhows + self.cargos, &mut random);
        let mut soaked = Soaked::default();
        let mut kills_in_epoch = 0;
        for round in 0..self.rounds {
            if round > 0 && round % EPOCH == 0 {
                self.end_epoch(&place, kills_in_epoch, &mut soaked);
                kills_in_epoch = 0;
                place.begin_anew(round);
            }
            let before = soaked.killed;
            self.round(round, &place, &mut random, &mut soaked);
            kills_in_epoch += soaked.killed - before;
            told(round, &soaked);
        }
        self.end_epoch(&place, kills_in_epoch, &mut soaked);
        self.finish(&place, &mut soaked);
        soaked
    }

    fn mixed(&self) -> bool {
        self.cargos > 0
    }

    fn cmd(&self, tool: Tool, project: &Sandbox) -> Cmd {
        match tool {
            Tool::Dhow => project.cmd(&self.dhow),
            Tool::Cargo => project.cargo_cmd([""; 0]),
        }
    }

    fn round(&self, round: u32, place: &Place, random: &mut Random, soaked: &mut Soaked) {
        let mut order: Vec<usize> = (0..place.projects.len()).collect();
        random.shuffle(&mut order);
        let runs: Vec<Run> = order
            .iter()
            .enumerate()
            .map(|(worker, project)| {
                let tool = if worker < self.dhows { Tool::Dhow } else { Tool::Cargo };
                let words = choose(tool, random);
                let cmd = self.cmd(tool, &place.projects[*project]).args(&words);
                let kill = (random.below(100) < self.killed_percent)
                    .then(|| Duration::from_millis(random.below(700)));
                Run { tool, words, cmd, kill }
            })
            .collect();
        let ended: Vec<(Output, bool)> = thread::scope(|scope| {
            let started: Vec<_> = runs.iter().map(|run| scope.spawn(|| run.to_its_end())).collect();
            started.into_iter().map(|thread| thread.join().expect("a command that ends")).collect()
        });
        let all: Vec<&Words> = runs.iter().map(|run| &run.words).collect();
        for (run, (mut output, killed)) in runs.iter().zip(ended) {
            soaked.commands += 1;
            soaked.killed += usize::from(killed);
            if killed || is_right(&run.words, &output, self.mixed()) {
                continue;
            }
            if is_run_again(run.tool, &run.words, &all) {
                soaked.run_again += 1;
                output = run.cmd.run();
            }
            if !is_right(&run.words, &output, self.mixed()) {
                soaked.failures.push(format!("round {round}: {output}"));
            }
        }
    }

    /// Counts the downloads since the home was empty.
    fn end_epoch(&self, place: &Place, kills: usize, soaked: &mut Soaked) {
        let mut asked: BTreeMap<String, usize> = BTreeMap::new();
        for request in place.server.requests().iter().filter(|request| request.path.starts_with("/dl/")) {
            *asked.entry(request.path.clone()).or_default() += 1;
        }
        soaked.downloads += asked.values().sum::<usize>();
        if !self.mixed() {
            // Each killed command may have been downloading each of these.
            let repeated = asked.into_iter().filter(|(_, count)| *count > 1 + kills);
            soaked.repeated.extend(repeated.map(|(path, count)| (path, count - 1)));
        }
        place.server.clear_log();
    }

    /// What killed commands left half-done is mended, and then everything builds without the network.
    fn finish(&self, place: &Place, soaked: &mut Soaked) {
        let killed = soaked.killed > 0;
        let mut expect = |output: &Output, right: bool| {
            if !right {
                soaked.failures.push(format!("at the end: {output}"));
            }
        };
        let first = &place.projects[0];
        let verify = |args: &[&str]| self.cmd(Tool::Dhow, first).args(["home", "verify"]).args(args).run();
        // What killed commands left may be found once.
        let output = verify(&[]);
        let left = killed && left_by_killed(&output, self.mixed());
        expect(&output, output.success() || left);
        for args in [&["--repair"][..], &[]] {
            let output = verify(args);
            expect(&output, output.success());
        }
        for (n, project) in place.projects.iter().enumerate() {
            let fetching = if self.mixed() && n % 2 == 0 { Tool::Cargo } else { Tool::Dhow };
            let mut all = vec![(fetching, vec!["fetch"])];
            all.extend([Tool::Dhow, Tool::Cargo].map(|tool| (tool, vec!["build", "--offline", "--locked"])));
            for (tool, words) in all {
                let output = self.cmd(tool, project).args(words).run();
                expect(&output, output.success());
            }
        }
        let installed = place.home.cargo_home().join("bin").join(PROGRAM);
        for (tool, words) in
            [(Tool::Dhow, vec!["install", "--force", PROGRAM]), (Tool::Cargo, vec!["install", "--list"])]
        {
            let output = self.cmd(tool, first).args(words).run();
            expect(&output, output.success());
        }
        let output = first.cmd(&installed).run();
        expect(&output, output.success());
        let output = self.cmd(Tool::Cargo, first).args(["uninstall", PROGRAM]).run();
        expect(&output, output.success() && !installed.exists());
        let output = verify(&[]);
        expect(&output, output.success());
    }
}

impl Run {
    /// Whether the kill met it alive comes with what it left.
    fn to_its_end(&self) -> (Output, bool) {
        let mut running = self.cmd.spawn();
        let alive = self.kill.is_some_and(|delay| running.ended_within(delay).is_none());
        if alive {
            running.kill_group();
        }
        let output = running.wait();
        // It may have ended just before.
        let killed = alive && output.signal.is_some();
        (output, killed)
    }
}
