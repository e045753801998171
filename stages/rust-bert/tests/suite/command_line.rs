//! The binary `postil-torch`.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::models;

fn postil(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_postil-torch"))
        .current_dir(folder)
        .args(arguments)
        .arg("--models")
        .arg(models())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn it_lists_the_built_in_stages_and_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let list = text(&postil(folder.path(), &["stages"]).stdout);
    for name in ["entities.rust-bert", "stance.zero-shot", "entities.transformer", "(default)"] {
        assert!(list.contains(name), "{list}");
    }
    let options = text(&postil(folder.path(), &["stages", "entities.rust-bert"]).stdout);
    for line in ["model = \"ner-minilm-l6\"", "device = \"cpu\"", "min_score = 0.0"] {
        assert!(options.contains(line), "{options}");
    }
}

#[test]
fn a_changed_line_of_the_config_swaps_the_stages_and_leaves_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "Angela Merkel flew from Zürich to Berlin 🎉.\n")
        .unwrap();
    let swapped = ["--use", "entities.rust-bert", "--use", "embeddings.rust-bert"];
    let mut arguments = vec!["annotate", "a.txt"];
    let first = postil(folder.path(), &arguments);
    assert!(first.status.success(), "{}", text(&first.stderr));
    arguments.extend(swapped);
    let second = postil(folder.path(), &arguments);
    assert!(second.status.success(), "{}", text(&second.stderr));
    let verified = postil(folder.path(), &["verify", "output"]);
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
    let again = text(&postil(folder.path(), &arguments).stdout);
    assert!(again.contains("nothing to do"), "{again}");
    let page = text(&postil(folder.path(), &["show", "a"]).stdout);
    assert!(page.contains("Merkel"), "{page}");
}

#[test]
fn every_mistake_in_the_config_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[stages]]\nuses = \"paragraphs.lines\"\n[[stages]]\nuses = \"sentences.rules\"\n\
        [[stages]]\nuses = \"entities.rust-bert\"\nmodle = \"x\"\ndevice = \"gpu\"\nmin_score = 2.0\n";
    std::fs::write(folder.path().join("postil.toml"), config).unwrap();
    let checked = postil(folder.path(), &["check", "postil.toml"]);
    let told = text(&checked.stdout) + &text(&checked.stderr);
    assert!(!checked.status.success());
    assert!(told.contains("did you mean `model`?"), "{told}");
    assert!(told.contains("expected \"cpu\" or \"cuda:0\", found \"gpu\""), "{told}");
}
