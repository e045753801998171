//! What people write into a config, and what they are told.

use postil_contract::conformance::EchoConfig;
use postil_contract::{BuildError, StageConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;

/// Two stages that are described but never built.
macro_rules! described {
    ($config:ident, $name:literal, $needs:expr, $provides:expr) => {
        #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        struct $config {
            /// A number.
            limit: usize,
        }

        impl StageConfig for $config {
            fn describe() -> Description {
                Description {
                    implementation: $name,
                    summary: "for tests",
                    needs: $needs,
                    provides: $provides,
                }
            }

            fn build(self, _: &BuildContext) -> Result<Stage, BuildError> {
                Err(BuildError::Other("not built in tests".to_owned()))
            }
        }
    };
}

described!(Rules, "sentences.rules", vec![Layer::Paragraphs], Layer::Sentences);
described!(Linear, "stance.linear", vec![Layer::Sentences], Layer::Stances);
described!(Cross, "stance.cross", vec![Layer::Sentences], Layer::Stances);

fn registry() -> Registry {
    Registry::new().with::<EchoConfig>().with::<Rules>().with::<Linear>().with::<Cross>()
}

fn problems(text: &str) -> Vec<String> {
    let config = Config::parse(text, None).unwrap();
    let context = config.context(ModelLocator::default());
    config.check(&registry(), &context).iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_config_has_no_problems() {
    let text = r#"
        [[targets]]
        id = "accords"
        statement = "States should join the Abraham Accords"
        aliases = ["the Accords"]

        [[stages]]
        uses = "paragraphs.echo"
        max_paragraphs = 3

        [[stages]]
        uses = "sentences.rules"
    "#;
    assert_eq!(problems(text), Vec::<String>::new());
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = r#"
        target = []

        [[targets]]
        id = "accords"
        statement = " "
        alias = "the Accords"

        [[targets]]
        id = "accords"
        statement = "States should join"
        aliases = "the Accords"

        [[stages]]
        uses = "paragraphs.ecco"

        [[stages]]
        uses = "stance.linear"
        limt = 3

        [[stages]]
        uses = "sentences.rules"
        limit = "three"

        [[stages]]
        uses = "stance.cross"

        [[stages]]
        limit = 3
    "#;
    let found = problems(text);
    let expected = [
        "target: unknown key `target` (did you mean `targets`?)",
        "targets[0].alias: unknown key `alias` (did you mean `aliases`?)",
        "targets[0].statement: is empty",
        "targets[1].aliases: expected a list, found a string (write a list",
        "stages[4].uses: is missing",
        "targets[1].id: `accords` is also the id of targets[0]",
        "stages[0].uses: unknown stage `paragraphs.ecco` (did you mean `paragraphs.echo`?)",
        "stages[1].limt: unknown option `limt` (did you mean `limit`?)",
        "stages[2].limit: invalid type",
        "stages[1]: `stance.linear` needs the layer `sentences`, which no earlier stage provides \
         (move stages[2] (`sentences.rules`) before stages[1])",
        "stages[3]: `stance.cross` writes the layer `stances`, as stages[1] (`stance.linear`) does",
    ];
    for line in expected {
        assert!(found.iter().any(|found| found.starts_with(line)), "{line}\nin {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn a_missing_stage_is_named_with_its_implementations() {
    let found = problems("[[stages]]\nuses = \"sentences.rules\"");
    assert_eq!(
        found,
        [
            "stages[0]: `sentences.rules` needs the layer `paragraphs`, which no earlier stage provides \
          (put `uses = \"paragraphs.echo\"` before it)"
        ]
    );
}

#[test]
fn syntax_errors_have_a_line_and_a_column() {
    let error = Config::parse("[[targets]]\nid = accords\n", Some(Path::new("postil.toml")));
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("postil.toml:2:6: "), "{error}");
}

#[test]
fn a_stage_is_swapped_where_it_stands() {
    let mut config =
        Config::default_pipeline(&["paragraphs.echo", "sentences.rules", "stance.linear"]);
    config.replace("stance.cross", &registry()).unwrap();
    let names: Vec<&str> = config.stages.iter().map(|entry| entry.uses.as_str()).collect();
    assert_eq!(names, ["paragraphs.echo", "sentences.rules", "stance.cross"]);
    let problem = config.replace("stance.liner", &registry()).unwrap_err();
    assert_eq!(problem.to_string(), "unknown stage `stance.liner` (did you mean `stance.linear`?)");
}

#[test]
fn only_keeps_what_the_named_stages_need() {
    let mut config =
        Config::default_pipeline(&["paragraphs.echo", "sentences.rules", "stance.linear"]);
    config.only(&["sentences"], &registry()).unwrap();
    let names: Vec<&str> = config.stages.iter().map(|entry| entry.uses.as_str()).collect();
    assert_eq!(names, ["paragraphs.echo", "sentences.rules"]);
    let problems = config.only(&["sentenses"], &registry()).unwrap_err();
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `sentences`?"));
}

#[test]
fn the_default_pipeline_steps_in_only_where_no_stage_is_named() {
    let mut bare = Config::parse("", None).unwrap();
    bare.stages_or(&["paragraphs.echo"]);
    assert_eq!(bare.stages, [StageEntry::new("paragraphs.echo")]);
    let mut named = Config::parse("[[stages]]\nuses = \"sentences.rules\"", None).unwrap();
    named.stages_or(&["paragraphs.echo"]);
    assert_eq!(named.stages, [StageEntry::new("sentences.rules")]);
}

#[test]
fn the_schema_holds_each_stage_with_its_options() {
    let schema = schema(&registry());
    let stages = schema["properties"]["stages"]["items"]["oneOf"].as_array().unwrap();
    assert_eq!(stages.len(), 4);
    let echo = stages.iter().find(|s| s["title"] == "paragraphs.echo").unwrap();
    assert_eq!(echo["properties"]["uses"]["const"], "paragraphs.echo");
    assert!(echo["properties"]["max_paragraphs"]["description"].is_string());
}
