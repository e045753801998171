//! Word pieces a second on libtorch and in the built-in runtime, on one and two threads, in one run.
//!
//!     cargo run --release -p postil-rust-bert --example speed_rust_bert -- [--sentences N] [--rounds N] [--ways] FILE...
//!
//! Each line of the files is a text: once as they are, and repeated up to `--sentences` (20,000). The
//! engines take turns, and of `--rounds` (1) the fastest counts. With `--ways`, the ways to share one
//! network between threads are measured instead.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Instant;

use postil_entities::WordClassifier;
use postil_models::{Input, ModelFolder, Sequence, Task, TokenClassifier};
use postil_rust_bert::{Checkpoint, Device, Engine, Pool};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/ner-minilm-l6");
/// Texts of one call, about an article's sentences.
const CALL: usize = 32;
const THREADS: [usize; 2] = [1, 2];

struct Options {
    sentences: usize,
    rounds: usize,
    ways: bool,
    files: Vec<String>,
}

fn options() -> Options {
    let mut options = Options { sentences: 20_000, rounds: 1, ways: false, files: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number");
        match argument.as_str() {
            "--sentences" => options.sentences = number(),
            "--rounds" => options.rounds = number(),
            "--ways" => options.ways = true,
            _ => options.files.push(argument),
        }
    }
    assert!(
        !options.files.is_empty(),
        "usage: speed [--sentences N] [--rounds N] [--ways] FILE..."
    );
    options
}

/// Seconds that `threads` threads take for all `items`, each taking some at a time.
fn seconds<'a, T: Sync>(items: &'a [T], threads: usize, work: impl Fn(&'a [T]) + Sync) -> f64 {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(CALL, Ordering::Relaxed);
                    let end = (at + CALL).min(items.len());
                    match items.get(at..end) {
                        Some(some) if !some.is_empty() => work(some),
                        _ => break,
                    }
                }
            });
        }
    });
    start.elapsed().as_secs_f64()
}

fn main() {
    let options = options();
    let texts: Vec<String> = options
        .files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).expect("a file of text");
            text.lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let folder = ModelFolder::open(MODEL).expect("the model folder");
    let built_in = TokenClassifier::load(&folder).expect("the model");
    let checkpoint =
        Checkpoint::open(Path::new(MODEL), Task::TokenClassification).expect("the model");
    if options.ways {
        return ways(&texts, &built_in, &checkpoint, options.rounds);
    }
    let torch = Engine::load(&checkpoint, Device::Cpu).expect("the model");
    let pieces = |texts: &[&String]| -> usize {
        texts.iter().map(|text| built_in.tokenizer().encode(text).expect("a text").len()).sum()
    };
    let once: Vec<&String> = texts.iter().collect();
    let many: Vec<&String> = texts.iter().cycle().take(options.sentences).collect();
    println!("| texts | word pieces | threads | built-in, pieces/s | libtorch, pieces/s | ratio |");
    println!("|---|---|---|---|---|---|");
    for texts in [once, many] {
        let count = pieces(&texts);
        for threads in THREADS {
            let mut best = [f64::INFINITY; 2];
            for _ in 0..options.rounds {
                let engines: [&dyn WordClassifier; 2] = [&built_in, &torch];
                for (engine, best) in engines.into_iter().zip(&mut best) {
                    let taken = seconds(&texts, threads, |some| {
                        let inputs: Vec<Input<'_>> = some.iter().map(|t| Input::whole(t)).collect();
                        engine.classify(&inputs).expect("labels");
                    });
                    *best = best.min(taken);
                }
            }
            let [built_in, torch] = best.map(|seconds| count as f64 / seconds);
            println!(
                "| {} | {count} | {threads} | {built_in:.0} | {torch:.0} | {:.2} |",
                texts.len(),
                torch / built_in
            );
        }
    }
}

/// The ways to give one network to several threads.
fn ways(texts: &[String], tokenizer: &TokenClassifier, checkpoint: &Checkpoint, rounds: usize) {
    let tokenizer = tokenizer.tokenizer();
    let sequences: Vec<Sequence> = texts
        .iter()
        .flat_map(|text| {
            let text = tokenizer.encode(text).expect("a text");
            let windows = text.windows(&[], tokenizer.room_of_single());
            windows
                .into_iter()
                .map(|window| tokenizer.single(&text, window.pieces))
                .collect::<Vec<_>>()
        })
        .collect();
    let pieces: usize = sequences.iter().map(Sequence::len).sum();
    let pool = Pool::load(checkpoint, Device::Cpu).expect("the model");
    let replica = |sequences: &[Sequence]| {
        pool.with(|network| sequences.iter().try_for_each(|s| network.read(s).map(drop)))
            .expect("numbers");
    };
    let alone = Mutex::new(Pool::load(checkpoint, Device::Cpu).expect("the model"));
    let mutex = |sequences: &[Sequence]| {
        for sequence in sequences {
            let held = alone.lock().expect("the lock");
            held.with(|network| network.read(sequence).map(drop)).expect("numbers");
        }
    };
    println!("| way | threads | pieces/s |\n|---|---|---|");
    for threads in THREADS {
        for name in ["a mutex", "a network for each thread", "a thread with a queue"] {
            let taken = (0..rounds).map(|_| match name {
                "a mutex" => seconds(&sequences, threads, mutex),
                "a network for each thread" => seconds(&sequences, threads, replica),
                _ => queue(&sequences, threads, &pool),
            });
            let best = taken.fold(f64::INFINITY, f64::min);
            println!("| {name} | {threads} | {:.0} |", pieces as f64 / best);
        }
    }
}

/// Seconds where one thread has the network and the others send it their sequences.
fn queue(sequences: &[Sequence], threads: usize, pool: &Pool) -> f64 {
    type Job<'a> = (&'a Sequence, mpsc::Sender<Vec<f32>>);
    let (send, receive) = mpsc::channel::<Job<'_>>();
    thread::scope(|scope| {
        scope.spawn(move || {
            for (sequence, answer) in receive {
                let numbers = pool.with(|network| network.read(sequence)).expect("numbers");
                answer.send(numbers).expect("somebody who waits");
            }
        });
        let send = Mutex::new(send);
        let taken = seconds(sequences, threads, |some| {
            let send = send.lock().expect("the lock").clone();
            for sequence in some {
                let (answer, wait) = mpsc::channel();
                send.send((sequence, answer)).expect("the worker");
                wait.recv().expect("numbers");
            }
        });
        drop(send);
        taken
    })
}
