//! `kill -9`, a full disk, a folder that can't be written, parts that were damaged, Ctrl-C.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::desk::{Dice, copy_articles, desk};
use crate::support::{Desk, run};

/// Kills in the suite; more with `POSTIL_CRASH_KILLS`.
const KILLS: usize = 6;
/// Articles in the suite; those of a folder with `POSTIL_CRASH_ARTICLES`.
const ARTICLES: usize = 240;
/// Small units, so that a run of a second has many commits to be killed in.
const RUN: &str = "annotate articles --commit-bytes 50000 -o";

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A killed run loses nothing that it has committed, and what the next one makes of it is what an
/// undisturbed run makes. Each row of the table that `--nocapture` shows is a kill.
///
/// `POSTIL_CRASH_KILLS=30 POSTIL_CRASH_ARTICLES=folder POSTIL_CRASH_CONFIG=postil.toml`
/// make it as thorough as one likes, over articles and a pipeline of one's own.
#[test]
fn killed_at_any_moment_a_run_loses_nothing_that_was_committed() {
    let kills = variable("POSTIL_CRASH_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let desk = match variable("POSTIL_CRASH_ARTICLES") {
        Some(folder) => {
            let desk = desk(0);
            copy_articles(Path::new(&folder), &desk.path("articles"));
            desk
        }
        None => desk(ARTICLES),
    };
    if let Some(config) = variable("POSTIL_CRASH_CONFIG") {
        desk.write("postil.toml", fs::read(config).unwrap());
    }
    let start = Instant::now();
    desk.postil(&format!("{RUN} whole")).exits(0);
    let whole = start.elapsed();
    let expected = desk.digest("whole");
    let commits = desk.lines_of_log("whole");
    assert!(commits > 3, "expected several commits to be killed in, found {commits} lines");

    println!(
        "undisturbed: {:.2} s, {} commits, digest {expected}",
        whole.as_secs_f64(),
        commits - 1
    );
    println!("| kill | after s | commits | files of no commit | rows lost | resumed digest |");
    println!("|---|---|---|---|---|---|");
    let mut dice = Dice(20_251_122);
    let mut interrupted = 0;
    for kill in 0..kills {
        let output = format!("killed-{kill}");
        // One moment in each slice of the run, so that its beginning and its end are met too.
        let slice = (kill as f64 + dice.below(1000) as f64 / 1000.0) / kills as f64;
        let moment = whole.mul_f64(slice);
        let mut child = desk.start(&format!("{RUN} {output}"));
        std::thread::sleep(moment);
        let was_running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        interrupted += usize::from(was_running);

        let found = desk.lines_of_log(&output).saturating_sub(1);
        let mut leftovers = 0;
        let mut committed = Vec::new();
        if found > 0 {
            // What is committed is whole, whatever lies beside it.
            let verified = desk.postil(&format!("verify {output}"));
            verified.exits(0);
            let line = verified.out.lines().find(|line| line.contains("was killed"));
            leftovers =
                line.and_then(|line| line.split(' ').next()?.parse::<usize>().ok()).unwrap_or(0);
            committed = ids(&desk, &output);
        }
        desk.postil(&format!("{RUN} {output}")).exits(0);
        desk.postil(&format!("verify {output}")).exits(0);
        let after = ids(&desk, &output);
        let lost = committed.iter().filter(|id| after.binary_search(id).is_err()).count();
        let digest = desk.digest(&output);
        println!(
            "| {kill}{} | {:.3} | {found} | {leftovers} | {lost} | {} |",
            if was_running { "" } else { " (had ended)" },
            moment.as_secs_f64(),
            if digest == expected { "the same" } else { &digest },
        );
        assert_eq!((lost, &digest), (0, &expected), "killed after {moment:?}");
    }
    assert!(interrupted * 2 >= kills, "expected most kills to hit a running process");
}

/// The ids of all articles of an output, sorted.
fn ids(desk: &Desk, output: &str) -> Vec<String> {
    postil_runner::Dataset::open(&desk.path(output)).unwrap().ids().unwrap()
}

/// A file system of this size at a path, where we may mount one; unmounted at the end.
struct Mount(std::path::PathBuf);

impl Mount {
    fn new(path: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(path).ok()?;
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "postil-test"])
            .arg(path)
            .stderr(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then(|| Self(path.to_owned()))
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_with_a_word_and_the_next_one_goes_on() {
    let desk = desk(120);
    desk.postil(&format!("{RUN} whole")).exits(0);
    let expected = desk.digest("whole");
    if let Some(mount) = Mount::new(&desk.path("small"), "size=400k") {
        println!("ran with a file system of 400 kB");
        let full = desk.postil(&format!("{RUN} small"));
        full.exits(1).says("free some space");
        desk.postil("verify small").exits(0);
        mount.remount("size=64m");
        desk.postil(&format!("{RUN} small")).exits(0);
        desk.postil("verify small").exits(0);
        assert_eq!(desk.digest("small"), expected);
    } else {
        println!("no right to mount a file system: ran with the limit on the size of files alone");
    }
    // No file may grow beyond 16 kB; the signal that comes with it is ignored, as on a full disk.
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_postil"),
        ])
        .args(format!("{RUN} limited").split(' '))
        .current_dir(desk.path(""));
    let limited = run(limited);
    limited.exits(1).says("limited/");
    if desk.path("limited").exists() {
        desk.postil("verify limited").exits(0);
    }
    desk.postil(&format!("{RUN} limited")).exits(0);
    assert_eq!(desk.digest("limited"), expected);
}

#[cfg(unix)]
#[test]
fn a_folder_that_can_not_be_written_is_named_and_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk(3);
    fs::create_dir(desk.path("mine")).unwrap();
    let mode = |mode| fs::set_permissions(desk.path("mine"), fs::Permissions::from_mode(mode));
    mode(0o555).unwrap();
    let is_root = fs::write(desk.path("mine/probe"), "").is_ok();
    let mount = match is_root {
        // Permission bits do not hold root back; a file system that is read only does.
        true => {
            fs::remove_file(desk.path("mine/probe")).unwrap();
            Mount::new(&desk.path("mine"), "ro")
        }
        false => None,
    };
    if is_root && mount.is_none() {
        println!("skipped: root writes everywhere, and there is no right to mount a file system");
        return;
    }
    desk.postil("annotate articles -o mine/notes").exits(1).says("mine");
    desk.postil("annotate articles -o mine").exits(1).says("mine").says("check who may");
    assert_eq!(fs::read_dir(desk.path("mine")).unwrap().count(), 0);
    drop(mount);
    mode(0o755).unwrap();
    desk.postil("annotate articles -o mine").exits(0);

    // Also where there is an output that was written before.
    if let Some(mount) = is_root.then(|| Mount::new(&desk.path("tables"), "size=8m")).flatten() {
        desk.postil("annotate articles -o tables").exits(0);
        mount.remount("ro");
        desk.postil("annotate articles -o tables").exits(1).says("tables");
        desk.postil("verify tables").exits(0);
        desk.postil("status tables").exits(0);
    }
}

#[test]
fn a_damaged_part_is_named_and_made_anew() {
    let desk = desk(60);
    let annotate = "annotate articles --commit-bytes 40000 -o tables";
    desk.postil(annotate).exits(0);
    let expected = desk.digest("tables");
    for table in [
        "articles",
        "paragraphs",
        "sentences",
        "entities",
        "stances",
        "signatures",
        "coverage",
        "duplicates",
        "duplicate_clusters",
        "runs",
    ] {
        // Once cut short, once gone.
        for cut in [true, false] {
            let part = desk.parts("tables", table).pop().unwrap();
            let name = format!("{table}/{}", part.file_name().unwrap().to_string_lossy());
            match cut {
                true => {
                    let file = fs::OpenOptions::new().write(true).open(&part).unwrap();
                    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
                }
                false => fs::remove_file(&part).unwrap(),
            }
            desk.postil("verify tables").exits(1).says(&name);
            let repaired = desk.postil(annotate);
            repaired.exits(0).says(&format!("{name} is damaged"));
            desk.postil("verify tables").exits(0);
            assert_eq!(desk.digest("tables"), expected, "{name}, cut: {cut}");
        }
    }
    // Bytes that turned in place are found by their hash; without the file, they are made anew.
    let part = desk.parts("tables", "sentences").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(&part, bytes).unwrap();
    desk.postil("verify tables").exits(1).says("expected the hash").says("remove the file");
    fs::remove_file(&part).unwrap();
    desk.postil(annotate).exits(0);
    desk.postil("verify tables").exits(0);
    assert_eq!(desk.digest("tables"), expected);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_within_two_seconds_and_the_next_goes_on() {
    let desk = desk(400);
    let start = Instant::now();
    desk.postil(&format!("{RUN} whole")).exits(0);
    let whole = start.elapsed();
    let expected = desk.digest("whole");
    let mut interrupted = 0;
    for (number, share) in [0.3, 0.6, 0.9].into_iter().enumerate() {
        let output = format!("stopped-{number}");
        let mut child = desk.start(&format!("{RUN} {output}"));
        std::thread::sleep(whole.mul_f64(share));
        let sent = Instant::now();
        // SIGINT, as the terminal sends it.
        let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(status.unwrap().success());
        let code = child.wait().unwrap().code();
        let took = sent.elapsed();
        println!("Ctrl-C at {:.0} %: exit {code:?} after {took:?}", 100.0 * share);
        // Where all was done already it ends as it would have.
        assert!(matches!(code, Some(130 | 0)), "{code:?}");
        interrupted += usize::from(code == Some(130));
        // The promise is two seconds; the rest is for a machine that has more to do.
        assert!(took < Duration::from_secs(4), "{took:?}");
        if desk.lines_of_log(&output) > 1 {
            desk.postil(&format!("verify {output}")).exits(0);
        }
        desk.postil(&format!("{RUN} {output}")).exits(0);
        assert_eq!(desk.digest(&output), expected);
    }
    assert!(interrupted > 0, "no run was still at work when it was interrupted");
}

#[test]
fn a_second_postil_on_the_same_output_is_refused_with_the_first_ones_process() {
    let desk = desk(400);
    let mut first = desk.start(&format!("{RUN} tables"));
    let lock = desk.path("tables/.postil.lock");
    let deadline = Instant::now() + Duration::from_secs(20);
    while fs::read_to_string(&lock).unwrap_or_default().is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    let holder = format!("(process {})", first.id());
    let second = desk.postil(&format!("{RUN} tables"));
    let compact = desk.postil("compact tables");
    let status = desk.postil("status tables");
    let was_running = first.try_wait().unwrap().is_none();
    assert!(first.wait().unwrap().success());
    assert!(was_running, "the first run ended before the second was refused");
    second.exits(1).says("in use by another postil").says(&holder);
    compact.exits(1).says(&holder);
    status.exits(0).says(&holder);
    desk.postil(&format!("{RUN} tables")).exits(0).says("nothing to do");
}
