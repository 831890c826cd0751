//! Projects with a hub: made and packed here, unpacked elsewhere as another user, with no network but the machine's own and
//! with everybody's home hidden. There both tools build, test and draw the tree from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cases::{EXAMPLE, Published, WORKSPACE};
use super::libraries::result_lines;
use super::place::{Place, Side, Source};
use super::verdict::Verdict;
use crate::tools;
use crate::{disk, repository_root};

/// The workspace's members: programs that have little in common.
const MEMBERS: [&str; 5] =
    ["bat@0.26.1", "fd-find@10.5.0", "hyperfine@1.20.0", "just@1.59.0", "hexyl@0.17.0"];
/// What makes a workspace large.
const MANY: usize = 200;

/// Who owns nothing on this machine.
const NOBODY: u32 = 65534;

/// In a namespace of its own: the toolchain, Dhow and the project in places that anybody can reach, nothing in the home.
const ELSEWHERE: &str = r#"
set -e
ip link set lo up || ifconfig lo up
mount -t tmpfs none /mnt
mkdir /mnt/toolchain /mnt/project
mount --bind "$TOOLCHAIN" /mnt/toolchain
mount --bind "$PROJECT" /mnt/project
touch /mnt/dhow
mount --bind "$DHOW" /mnt/dhow
test ! -d "$HIDDEN" || mount -t tmpfs none "$HIDDEN"
cd /mnt/project
exec $AS env -i PATH=/mnt/toolchain/bin:/usr/local/bin:/usr/bin:/bin HOME=/nonexistent "$@"
"#;

type Verdicts = Vec<(&'static str, Verdict)>;

/// Takes a project through the whole life of a hub.
pub(super) fn check(place: &Place, package: &Published) -> Result<(String, Verdicts), String> {
    let (version, project) = project(place, package)?;
    let packages = disk::read(&project.join("Cargo.lock"))?.matches("[[package]]").count();
    if package.name == WORKSPACE && packages < MANY {
        return Err(format!("the workspace has only {packages} packages"));
    }
    let dhow = |args: &[&str]| tools::run(place.command(&place.dhow, &project).args(args));
    dhow(&["hub", "create"])?;
    dhow(&["hub", "verify"])?;
    let (first, second) = (project.join("first.tar.zst"), project.join("second.tar.zst"));
    for pack in [&first, &second] {
        dhow(&["hub", "pack", &pack.to_string_lossy()])?;
    }
    let read = |path: &Path| std::fs::read(path).map_err(disk::at(path));
    let same = read(&first)? == read(&second)?;
    let same = if same { Verdict::Pass } else { Verdict::Fail("two packs of one hub differ".into()) };

    let elsewhere = disk::fresh(&place.elsewhere())?;
    disk::copy_tree(&project, &elsewhere, &["target", ".cargo", "first.tar.zst", "second.tar.zst"])?;
    std::fs::copy(&first, elsewhere.join("hub.tar.zst")).map_err(disk::at(&elsewhere))?;
    let there = Elsewhere::new(place, &elsewhere)?;
    tools::run(&mut there.command(&place.dhow, &["hub", "unpack", "hub.tar.zst"]))?;
    let mut verdicts = vec![("pack twice", same)];
    verdicts.extend(there.both()?);
    disk::remove(&elsewhere)?;
    disk::remove(&project.join("target"))?;
    Ok((format!("{version} ({packages} packages)"), verdicts))
}

/// A copy of the project, with a lock file.
fn project(place: &Place, package: &Published) -> Result<(String, PathBuf), String> {
    let dhow = &place.dhow;
    let lock = |copy: &Path| tools::run(place.command(dhow, copy).arg("generate-lockfile")).map(drop);
    match package.name.as_str() {
        EXAMPLE => {
            let copy = dhow.dir(EXAMPLE)?;
            disk::copy_tree(&repository_root().join("examples").join(EXAMPLE), &copy, &["target"])?;
            Ok((String::new(), copy))
        }
        WORKSPACE => {
            let copy = dhow.dir(WORKSPACE)?;
            let members = MEMBERS.map(Published::parse);
            for member in &members {
                let to = copy.join(&member.name);
                disk::copy_package(place.download(member)?.directory(), &to)?;
            }
            let names = members.map(|member| format!("{:?}", member.name)).join(", ");
            let manifest = format!("[workspace]\nresolver = \"2\"\nmembers = [{names}]\n");
            disk::write(&copy.join("Cargo.toml"), &manifest)?;
            lock(&copy)?;
            Ok((String::new(), copy))
        }
        _ => {
            let source: Source = place.download(package)?;
            let copy = dhow.copy(&source)?;
            Ok((source.version, copy))
        }
    }
}

/// The project where nobody knows it.
struct Elsewhere<'a> {
    place: &'a Place,
    project: &'a Path,
    is_root: bool,
}

impl<'a> Elsewhere<'a> {
    fn new(place: &'a Place, project: &'a Path) -> Result<Self, String> {
        let is_root = tools::run(Command::new("id").arg("-u"))?.trim() == "0";
        if is_root {
            let owner = format!("{NOBODY}:{NOBODY}");
            tools::run(Command::new("chown").args(["-R", &owner]).arg(project))?;
        } else {
            eprintln!("not root: elsewhere the user is the same");
        }
        Ok(Self { place, project, is_root })
    }

    fn command(&self, side: &Side, args: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net"]);
        if !self.is_root {
            command.arg("--map-root-user");
        }
        command.args(["sh", "-c", ELSEWHERE, "sh"]);
        match side.tool().name {
            "cargo" => command.args(["CARGO_HOME=.cargo", "/mnt/toolchain/bin/cargo"]),
            _ => command.arg("/mnt/dhow"),
        };
        let user = format!("setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups");
        command.args(args).env("AS", if self.is_root { &user } else { "" });
        command
            .env("TOOLCHAIN", self.place.toolchain())
            .env("DHOW", &self.place.dhow.tool().program)
            .env("PROJECT", self.project);
        let hidden = std::env::var_os("HOME").unwrap_or_else(|| "/nonexistent".into());
        command.env("HIDDEN", hidden);
        command
    }

    /// What each tool does with it: builds, tests (with the same counts), the same tree.
    fn both(&self) -> Result<Verdicts, String> {
        let cargo = self.answers(&self.place.cargo)?;
        let dhow = self.answers(&self.place.dhow)?;
        let build = |built: &Result<(), String>| match built {
            Ok(()) => Verdict::Pass,
            Err(message) => Verdict::Fail(message.clone()),
        };
        let tests = match &cargo.tests {
            (_, lines) if lines.is_empty() => Verdict::NotCounted("no tests under cargo".into()),
            theirs if *theirs == dhow.tests && theirs.0 == Some(0) => Verdict::Pass,
            theirs if *theirs == dhow.tests => {
                Verdict::NotCounted(format!("some tests fail, the same under both: {:#?}", theirs.1))
            }
            theirs => Verdict::Fail(format!("cargo: {theirs:#?}\ndhow: {:#?}", dhow.tests)),
        };
        Ok(vec![
            ("cargo build", build(&cargo.built)),
            ("dhow build", build(&dhow.built)),
            ("test", tests),
            ("tree", Verdict::of(&cargo.tree, &dhow.tree)),
        ])
    }

    fn answers(&self, side: &Side) -> Result<Answers, String> {
        let run = |args: &[&str]| tools::run(&mut self.command(side, args));
        let built = run(&["build", "--workspace", "--offline", "--locked"]).map(drop);
        let test = ["test", "--workspace", "--offline", "--locked", "--no-fail-fast"];
        let output = tools::capture(&mut self.command(side, &test))?;
        let lines = result_lines(&String::from_utf8_lossy(&output.stdout));
        let tree = run(&["tree", "--workspace", "--offline", "--locked"])?;
        disk::remove(&self.project.join("target"))?;
        Ok(Answers { built, tests: (output.status.code(), lines), tree })
    }
}

struct Answers {
    built: Result<(), String>,
    tests: (Option<i32>, Vec<String>),
    tree: String,
}
