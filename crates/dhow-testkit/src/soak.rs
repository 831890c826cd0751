//! One home used by many programs at once, of both tools, with random commands and random SIGKILLs.
//!
//! Every worker has a project of its own (whose lock file and target directory no second command uses at the same
//! time); all share one home. What must hold: no command fails unless it was killed, and at the end every project
//! builds without the network, with both tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::process::{Cmd, Output};
use crate::registry::Registry;
use crate::sandbox::Sandbox;
use crate::server::SparseServer;

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
    /// Archives that were asked for.
    pub downloads: usize,
    /// Archives that were asked for once more without a killed command to explain it, and how often.
    pub repeated: BTreeMap<String, usize>,
    /// Commands that failed, and nobody had killed them; with their rounds.
    pub failures: Vec<String>,
}

const PACKAGES: u64 = 16;
/// Rounds until the home is emptied, so that there is something to do again.
const EPOCH: u32 = 5;

/// Commands, and how often they are chosen.
const COMMANDS: &[(&str, u64)] = &[
    ("fetch", 7),
    ("build", 3),
    ("check", 2),
    ("metadata --format-version=1", 2),
    ("tree", 2),
    ("update", 2),
    ("generate-lockfile", 1),
    ("clean", 1),
];

struct Place {
    registry: Registry,
    server: SparseServer,
    home: Sandbox,
    projects: Vec<Sandbox>,
    /// Commands that the program under test does not have: `generate-lockfile` takes their place.
    unknown: Vec<&'static str>,
}

impl Soak {
    /// Runs all rounds. `told` hears of each.
    ///
    /// # Panics
    /// When a command hangs.
    pub fn run(&self, told: &mut dyn FnMut(u32, &Soaked)) -> Soaked {
        let mut random = Random::new(self.seed);
        let place = self.place(&mut random);
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

    fn place(&self, random: &mut Random) -> Place {
        let registry = Registry::new();
        for n in 0..PACKAGES {
            publish(&registry, n, "1.0.0");
        }
        let server = registry.serve();
        server.delay("/dl/*", Duration::from_millis(8));
        server.delay("/index/*", Duration::from_millis(3));
        let home = Sandbox::new();
        home.use_sparse(&server);
        let projects = (0..self.dhows + self.cargos).map(|n| project(&home, n, random)).collect();
        let lacks = |name: &&str| !home.cmd(&self.dhow).args([*name, "--help"]).run().success();
        let unknown =
            COMMANDS.iter().filter_map(|(words, _)| words.split(' ').next()).filter(lacks).collect();
        Place { registry, server, home, projects, unknown }
    }

    fn round(&self, round: u32, place: &Place, random: &mut Random, soaked: &mut Soaked) {
        let mut order: Vec<usize> = (0..place.projects.len()).collect();
        random.shuffle(&mut order);
        let runs: Vec<(Cmd, Option<Duration>)> = order
            .iter()
            .enumerate()
            .map(|(worker, project)| {
                let (words, ours) = (random.command(), worker < self.dhows);
                let words = if ours && place.lacks(words[0]) { vec!["generate-lockfile"] } else { words };
                let project = &place.projects[*project];
                let cmd = if ours { project.cmd(&self.dhow) } else { project.cargo_cmd([""; 0]) };
                let kill = (random.below(100) < self.killed_percent)
                    .then(|| Duration::from_millis(random.below(700)));
                (cmd.args(words), kill)
            })
            .collect();
        let ended: Vec<(Output, bool)> = thread::scope(|scope| {
            let started: Vec<_> = runs.iter().map(|(cmd, kill)| scope.spawn(|| run(cmd, *kill))).collect();
            started.into_iter().map(|thread| thread.join().expect("a command that ends")).collect()
        });
        for (output, killed) in ended {
            soaked.commands += 1;
            soaked.killed += usize::from(killed);
            if !killed && !output.success() {
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
        if self.cargos == 0 {
            // Each killed command may have been downloading each of these.
            let repeated = asked.into_iter().filter(|(_, count)| *count > 1 + kills);
            soaked.repeated.extend(repeated.map(|(path, count)| (path, count - 1)));
        }
        place.server.clear_log();
    }

    /// What killed commands left half-done is done, and then everything builds without the network.
    fn finish(&self, place: &Place, soaked: &mut Soaked) {
        let mut expect = |what: &str, output: Output| {
            if !output.success() {
                soaked.failures.push(format!("{what}: {output}"));
            }
        };
        for (n, project) in place.projects.iter().enumerate() {
            let cargo = self.cargos > 0 && n % 2 == 0;
            let fetch = if cargo { project.cargo_cmd([""; 0]) } else { project.cmd(&self.dhow) };
            expect("at the end", fetch.arg("fetch").run());
            let words = ["build", "--offline", "--locked"];
            expect("at the end", project.cmd(&self.dhow).args(words).run());
            expect("at the end", project.cargo_cmd(words).run());
        }
        let verify =
            |args: &[&str]| place.projects[0].cmd(&self.dhow).args(["home", "verify"]).args(args).run();
        if verify(&["--help"]).success() {
            expect("at the end", verify(&[]));
        }
    }
}

impl Place {
    fn lacks(&self, command: &str) -> bool {
        self.unknown.contains(&command)
    }

    /// Empties the home, and publishes something new.
    fn begin_anew(&self, round: u32) {
        let home = self.home.cargo_home().join("registry");
        if home.exists() {
            fs::remove_dir_all(home).expect("nobody uses the home now");
        }
        publish(&self.registry, u64::from(round) % PACKAGES, &format!("1.{round}.0"));
    }
}

/// A package that depends on the two before the last one; later versions need no others.
fn publish(registry: &Registry, n: u64, version: &str) {
    let mut package = registry.package(&format!("p{n}"), version);
    for dep in (n + 1..PACKAGES).step_by(3).take(2) {
        package = package.dep(&format!("p{dep}"), "1");
    }
    for file in 0..6_usize {
        package = package.file(&format!("data/{file}"), vec![b'x'; 4000 + file * 100]);
    }
    package.publish();
}

fn project(home: &Sandbox, n: usize, random: &mut Random) -> Sandbox {
    let project = home.copy_sharing_home();
    let mut deps: Vec<u64> = (0..4).map(|_| random.below(PACKAGES)).collect();
    deps.sort_unstable();
    deps.dedup();
    let lines: String = deps.iter().map(|dep| format!("p{dep} = \"1\"\n")).collect();
    let calls: String = deps.iter().map(|dep| format!("p{dep}::p{dep}();")).collect();
    project
        .manifest(&format!("app{n}"), &format!("[dependencies]\n{lines}"))
        .file("src/lib.rs", format!("pub fn all() {{ {calls} }}"));
    project
}

/// Whether the kill met it alive comes with what it left.
fn run(cmd: &Cmd, kill: Option<Duration>) -> (Output, bool) {
    let mut running = cmd.spawn();
    let alive = kill.is_some_and(|delay| running.ended_within(delay).is_none());
    if alive {
        running.kill_group();
    }
    let output = running.wait();
    // It may have ended just before.
    let killed = alive && !output.success();
    (output, killed)
}

/// xorshift64*: the same with the same seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).expect("a small number");
            items.swap(at, other);
        }
    }

    fn command(&mut self) -> Vec<&'static str> {
        let all: u64 = COMMANDS.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(all);
        let chosen = COMMANDS.iter().find(|(_, weight)| {
            let found = at < *weight;
            at = at.saturating_sub(*weight);
            found
        });
        chosen.map(|(words, _)| words.split(' ').collect()).unwrap_or_default()
    }
}
