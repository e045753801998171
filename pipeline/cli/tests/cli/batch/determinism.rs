//! The same tables, whatever the machine does.

use std::process::{Child, Command};

use super::desk::{Dice, desk};

const ARTICLES: usize = 30;

/// A process that does nothing, as fast as it can.
struct Busy(Child);

impl Busy {
    fn new() -> Self {
        Self(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_digest_is_the_same_for_any_threads_batches_order_and_load() {
    // Fewer than 200 paragraphs: a phrase that more texts than that share brings no candidates for
    // duplicates, and then the order in which they come in would count.
    let desk = desk(ARTICLES);
    desk.postil("annotate articles -o plain").exits(0);
    let expected = desk.digest("plain");
    for threads in [1, 2, 8] {
        for batch in [1, 7, 256] {
            let output = format!("t{threads}b{batch}");
            let args = format!("annotate articles -o {output} -j {threads} --batch-size {batch}");
            desk.postil(&args).exits(0);
            assert_eq!(desk.digest(&output), expected, "{args}");
        }
    }
    let mut files: Vec<String> = (0..ARTICLES).map(|n| format!("articles/{n:05}.txt")).collect();
    let mut dice = Dice(7);
    for at in (1..files.len()).rev() {
        files.swap(at, dice.below(at + 1));
    }
    let shuffled = format!("annotate {} -o shuffled --commit-bytes 7000", files.join(" "));
    desk.postil(&shuffled).exits(0);
    assert_eq!(desk.digest("shuffled"), expected, "shuffled");
    // A piece at a time, the last ones first.
    for piece in files.chunks(13).rev() {
        desk.postil(&format!("annotate {} -o pieces", piece.join(" "))).exits(0);
    }
    assert_eq!(desk.digest("pieces"), expected, "in pieces");

    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let busy: Vec<Busy> = (0..cores).map(|_| Busy::new()).collect();
    desk.postil("annotate articles -o busy --commit-seconds 1").exits(0);
    drop(busy);
    assert_eq!(desk.digest("busy"), expected, "while all cores are taken");
}
