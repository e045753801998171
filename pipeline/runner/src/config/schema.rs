//! The JSON Schema of `postil.toml`, for editors and other programs.

use postil_contract::{Registry, Target};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a config whose stages are those of the registry.
#[must_use]
pub fn schema(registry: &Registry) -> Value {
    let mut definitions = Map::new();
    let mut target = schemars::schema_for!(Target).to_value();
    hoist("target", &mut target, &mut definitions);
    let stages: Vec<Value> = registry
        .iter()
        .map(|factory| {
            let description = factory.describe();
            let mut options = factory.schema();
            hoist(description.implementation, &mut options, &mut definitions);
            let mut properties = Map::new();
            properties.insert(
                "uses".to_owned(),
                json!({"const": description.implementation, "description": description.summary}),
            );
            if let Some(Value::Object(own)) = options.get_mut("properties").map(Value::take) {
                properties.extend(own);
            }
            json!({
                "title": description.implementation,
                "description": description.summary,
                "type": "object",
                "properties": properties,
                "required": ["uses"],
                "additionalProperties": false,
            })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "postil.toml",
        "type": "object",
        "properties": {
            "targets": {
                "description": "What stances are asked towards.",
                "type": "array",
                "items": target,
            },
            "stages": {
                "description": "The stages, in order; the default pipeline where there are none.",
                "type": "array",
                "items": {"oneOf": stages},
            },
        },
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// Moves the definitions of one schema into the common ones, under names of its own.
fn hoist(owner: &str, schema: &mut Value, definitions: &mut Map<String, Value>) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("$schema");
    let own = object.remove("$defs");
    rename(owner, schema);
    if let Some(Value::Object(own)) = own {
        for (name, mut definition) in own {
            rename(owner, &mut definition);
            definitions.insert(format!("{owner}.{name}"), definition);
        }
    }
}

fn rename(owner: &str, schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(name) = reference.strip_prefix("#/$defs/")
            {
                *reference = format!("#/$defs/{owner}.{name}");
            }
            object.values_mut().for_each(|value| rename(owner, value));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| rename(owner, value)),
        _ => {}
    }
}
