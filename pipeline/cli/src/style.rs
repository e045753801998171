//! Colours, which a pipe or `NO_COLOR` turns off.

use console::Style;

/// The word that begins an error.
pub fn error(text: &str) -> String {
    Style::new().for_stderr().red().bold().apply_to(text).to_string()
}

/// The word that begins a warning.
pub fn warning(text: &str) -> String {
    Style::new().for_stderr().yellow().bold().apply_to(text).to_string()
}

/// A heading.
pub fn heading(text: &str) -> String {
    Style::new().bold().apply_to(text).to_string()
}

/// What may be overlooked.
pub fn faint(text: &str) -> String {
    Style::new().dim().apply_to(text).to_string()
}

/// An entity of a label.
pub fn entity(label: &str, text: &str) -> String {
    let style = match label {
        "PER" => Style::new().cyan(),
        "ORG" => Style::new().magenta(),
        "LOC" => Style::new().green(),
        "DATE" => Style::new().blue(),
        _ => Style::new().yellow(),
    };
    style.underlined().apply_to(text).to_string()
}

/// A stance.
pub fn stance(stance: &str) -> String {
    let style = match stance {
        "favor" => Style::new().green(),
        "against" => Style::new().red(),
        _ => Style::new().dim(),
    };
    style.apply_to(stance).to_string()
}
