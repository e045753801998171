//! The binary `postil`.

use std::process::ExitCode;

fn main() -> ExitCode {
    postil::run(&postil::registry(), &postil::DEFAULT_PIPELINE)
}
