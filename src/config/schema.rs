use serde_json::{Map, Value, json};

use super::Config;

/// The JSON Schema of `relconf.toml`, for editors: the list of settings, each as its kind says.
pub fn schema() -> Value {
    let mut sections: Map<String, Value> = Map::new();
    for row in Config::defaults(std::path::PathBuf::new()).rows() {
        let mut setting = (row.schema)();
        setting["description"] = json!(row.docs);
        match row.key.split_once('.') {
            None => drop(sections.insert(row.key.to_owned(), setting)),
            Some((section, key)) => {
                let section = sections
                    .entry(section)
                    .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
                section["properties"][key] = setting;
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relconf.toml",
        "type": "object", "additionalProperties": false,
        "properties": sections
    })
}
