//! `postil init`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, bail};

use super::Context;
use crate::Exit;
use crate::args::Init;

/// Writes a config to start from; never over one that is there.
pub fn run(context: &Context<'_>, args: &Init) -> anyhow::Result<Exit> {
    let path = args.path.display();
    let mut file = match File::create_new(&args.path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{path} is there already; name another file: postil init FILE")
        }
        Err(error) => return Err(error).with_context(|| format!("could not create {path}")),
    };
    file.write_all(text(context)?.as_bytes()).with_context(|| format!("could not write {path}"))?;
    println!("wrote {path}; check it after a change with: postil check {path}");
    Ok(Exit::Done)
}

/// The config: two targets to replace, and every stage of the default pipeline.
fn text(context: &Context<'_>) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "# What a text can be for or against. A full claim is judged best.\n\
         [[targets]]\n\
         id = \"nuclear\"\n\
         statement = \"New nuclear power plants should be built\"\n\
         aliases = [\"nuclear power\", \"nuclear energy\", \"reactors\"]\n\n\
         # The stages, in order. `postil stages` lists all, `postil stages NAME` the options of one.\n",
    );
    for name in context.default_pipeline {
        writeln!(text, "[[stages]]\nuses = \"{name}\"")?;
        let others: Vec<&str> = context
            .registry
            .iter()
            .map(|factory| factory.describe())
            .filter(|other| {
                let same = context.registry.get(name).map(|f| f.describe().provides);
                other.implementation != *name && same.as_ref() == Some(&other.provides)
            })
            .map(|other| other.implementation)
            .collect();
        if !others.is_empty() {
            writeln!(text, "# or: {}", others.join(", "))?;
        }
        text.push('\n');
    }
    Ok(text)
}
