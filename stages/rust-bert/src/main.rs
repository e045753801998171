//! The binary `postil-torch`: the command line of Postil with the stages of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    let registry = postil_rust_bert::with_stages(postil::registry());
    postil::run(&registry, &postil::DEFAULT_PIPELINE)
}
