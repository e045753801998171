//! One model for many threads.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::checkpoint::Checkpoint;
use crate::device::Device;
use crate::network::Network;
use crate::weights::Tensors;

/// As many replicas of a network as threads use it at a time; all read the same weights.
///
/// libtorch's modules may move between threads and not be shared by them. Of the ways out (measured by
/// `cargo run --release -p postil-rust-bert --example speed_rust_bert -- --ways`, figures in the README) one network
/// behind a mutex, or on a thread of its own with a queue, can't use a second core. A network for each
/// thread can, and costs no memory, as what is large in a network, its weights, is one set of tensors
/// that nobody writes.
///
/// Each replica runs on one thread (`set_num_threads(1)`), and one sequence a pass: the same numbers
/// then come out whatever the number of threads, and whatever else there is to do.
pub struct Pool {
    idle: Mutex<Vec<Network>>,
    source: Mutex<Source>,
}

/// What a replica is made from.
struct Source {
    checkpoint: Checkpoint,
    tensors: Tensors,
    device: tch::Device,
}

impl Pool {
    /// Reads the weights and makes the first replica, so that whatever is wrong is found now.
    ///
    /// # Errors
    /// Where the weights are damaged or do not fit `config.json`, or the device is not there.
    pub fn load(checkpoint: &Checkpoint, device: Device) -> Result<Self, String> {
        let device = device.open()?;
        let tensors = Tensors::read(&checkpoint.weights, device)?;
        let source = Source { checkpoint: checkpoint.clone(), tensors, device };
        let first = source.replica()?;
        Ok(Self { idle: Mutex::new(vec![first]), source: Mutex::new(source) })
    }

    /// Runs `work` on a replica that no other thread has.
    ///
    /// # Errors
    /// What `work` returns. A panic (libtorch's failures come as one) is an error too, and ends that
    /// replica.
    pub fn with<T>(&self, work: impl FnOnce(&Network) -> Result<T, String>) -> Result<T, String> {
        // A second thread of libtorch's would share out one product among them, and change its sums.
        tch::set_num_threads(1);
        let idle = lock(&self.idle).pop();
        let network = match idle {
            Some(network) => network,
            None => lock(&self.source).replica()?,
        };
        let result = caught(|| work(&network))?;
        lock(&self.idle).push(network);
        result
    }
}

impl Source {
    fn replica(&self) -> Result<Network, String> {
        caught(|| Network::new(&self.checkpoint, &self.tensors, self.device))?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic is caught before it passes a lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs code of rust-bert, which unwraps libtorch's results; a panic becomes an error with the first
/// line of its words.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|panic| format!("libtorch failed: {}", words(&*panic)))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a reason");
    // The line ends are escaped where the error was printed by an unwrap.
    let end = text.find("\\n").or_else(|| text.find('\n')).unwrap_or(text.len());
    text.get(..end).unwrap_or(text).to_owned()
}
