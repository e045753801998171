//! The figures as a table, for the terminal.

use postil_eval::{Comparison, Difference, Estimate, Measure};

use super::Outcome;
use crate::style;

/// Prints the figures of a gold file, what there is to know of them, and the comparison.
pub fn print(outcome: &Outcome) {
    let rows = &outcome.summary.rows;
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(5);
    let head = format!(
        "{:<width$} {:<8} {:>6}  {:<14} {:>9} {:>6} {:>6} {:>9} {:>6}",
        "",
        "measure",
        "value",
        "95 % interval",
        "precision",
        "recall",
        "right",
        "predicted",
        "gold"
    );
    println!("{}", style::faint(&head));
    for row in rows {
        println!("{}", line(row, width));
    }
    println!(
        "{}",
        style::faint(&format!(
            "{}; intervals over {} {}s",
            models(outcome),
            outcome.summary.units,
            outcome.summary.unit
        ))
    );
    for note in &outcome.summary.notes {
        println!("{}", style::faint(&format!("note: {note}")));
    }
    if let Some(against) = &outcome.against {
        println!(
            "{}",
            style::faint(&format!(
                "{:<width$} {:<8} {:>6} {:>6}  {:>10}  {:<18} {:>6}",
                "", "measure", "value", "other", "difference", "95 % interval", "p"
            ))
        );
        for row in &against.rows {
            println!("{}", comparison(row, width));
        }
    }
    println!();
}

fn line(row: &Estimate, width: usize) -> String {
    let interval =
        row.interval.map_or_else(String::new, |(low, high)| format!("{low:.3} to {high:.3}"));
    let parts = match row.measure {
        Measure::MicroF1 => format!("{:>9.3} {:>6.3}", row.precision, row.recall),
        Measure::MacroF1 | Measure::Accuracy => format!("{:>9} {:>6}", "", ""),
    };
    let line = format!(
        "{:<width$} {:<8} {:>6.4}  {interval:<14} {parts} {:>6} {:>9} {:>6}",
        row.name,
        row.measure.name(),
        row.value,
        row.counts.right,
        row.counts.predicted,
        row.counts.gold,
    );
    line.trim_end().to_owned()
}

fn comparison(row: &Comparison, width: usize) -> String {
    let interval =
        row.interval.map_or_else(String::new, |(low, high)| format!("{low:+.4} to {high:+.4}"));
    format!(
        "{:<width$} {:<8} {:>6.4} {:>6.4}  {:>+10.4}  {interval:<18} {:>6.3}",
        row.name,
        row.measure.name(),
        row.value,
        row.other,
        row.difference,
        row.p
    )
}

/// The stage that is scored, with its model.
fn models(outcome: &Outcome) -> String {
    outcome.pipeline.last().map_or_else(String::new, |stage| match &stage.model {
        Some(model) => format!("{} with {model}", stage.stage),
        None => stage.stage.clone(),
    })
}

/// Prints a line for each difference: kind, what, article, context.
pub fn differences(all: &[Difference]) {
    for difference in all {
        println!(
            "{}\t{}\t{}\t{}",
            difference.kind, difference.what, difference.article, difference.context
        );
    }
}
