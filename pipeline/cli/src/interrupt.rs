//! Ctrl-C: the run commits what is finished and ends, within two seconds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use crate::Exit;

/// How long a run may take to end by itself. A stage in the midst of a long article, or the
/// comparison of all articles, does not look at the flag; then the process ends without it, which
/// loses no more than a power cut would: what is not committed.
const GRACE: Duration = Duration::from_millis(1500);

static STOP: AtomicBool = AtomicBool::new(false);
static SET: OnceLock<()> = OnceLock::new();

/// The flag that Ctrl-C (or a polite request to terminate) sets. A second one ends the process at once.
pub fn flag() -> anyhow::Result<&'static AtomicBool> {
    if SET.set(()).is_ok() {
        ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::SeqCst) {
                std::process::exit(Exit::Interrupted.code());
            }
            std::thread::spawn(|| {
                std::thread::sleep(GRACE);
                std::process::exit(Exit::Interrupted.code());
            });
        })
        .context("expected to catch Ctrl-C")?;
    }
    Ok(&STOP)
}
