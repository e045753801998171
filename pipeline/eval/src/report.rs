//! Counts, the measures that come of them, and what is told of a pipeline.

use serde::Serialize;

use crate::bootstrap;
use crate::gold::Format;

/// How many were right, were predicted, and stand in the gold file: of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Predicted and in the gold file.
    pub right: usize,
    /// Predicted.
    pub predicted: usize,
    /// In the gold file.
    pub gold: usize,
}

impl Counts {
    /// Share of the predicted that are right, 0 to 1; 0 where nothing is predicted.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.right, self.predicted)
    }

    /// Share of the gold that was found, 0 to 1; 0 where there is none.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.right, self.gold)
    }

    /// The harmonic mean of precision and recall, 0 to 1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        ratio(2 * self.right, self.predicted + self.gold)
    }

    pub(crate) const fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.predicted += other.predicted;
        self.gold += other.gold;
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A figure that is made of the counts of some classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// F1 of the summed counts, as `conlleval` has it.
    MicroF1,
    /// Mean of the classes' F1.
    MacroF1,
    /// Right ones over gold ones, all classes together.
    Accuracy,
}

impl Measure {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MicroF1 => "micro F1",
            Self::MacroF1 => "macro F1",
            Self::Accuracy => "accuracy",
        }
    }

    /// The figure, 0 to 1.
    #[must_use]
    pub fn of(self, counts: &[Counts]) -> f64 {
        match self {
            Self::MicroF1 => sum(counts).f1(),
            Self::MacroF1 => {
                counts.iter().map(Counts::f1).sum::<f64>() / counts.len().max(1) as f64
            }
            Self::Accuracy => sum(counts).recall(),
        }
    }
}

fn sum(counts: &[Counts]) -> Counts {
    let mut all = Counts::default();
    counts.iter().for_each(|one| all.add(one));
    all
}

/// A row of the table: some of the classes, and the measure taken of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// The measure.
    pub measure: Measure,
    /// Places of the classes it is taken of.
    pub classes: std::ops::Range<usize>,
}

/// What a pipeline got right on a gold file: the counts of every unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The format of the gold file.
    pub format: Format,
    /// What is drawn by the bootstrap, in the singular: `document`.
    pub unit: &'static str,
    /// The counts of each unit, by class.
    pub units: Vec<Vec<Counts>>,
    /// The rows; the first is the one to quote.
    pub rows: Vec<Row>,
    /// What a person should know of the figures.
    pub notes: Vec<String>,
}

/// A row with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// What it is called: `all`, a label.
    pub name: String,
    /// The measure.
    pub measure: Measure,
    /// The figure, 0 to 1.
    pub value: f64,
    /// Its interval; `None` where there is no unit.
    pub interval: Option<(f64, f64)>,
    /// Share of the predicted that are right.
    pub precision: f64,
    /// Share of the gold that was found.
    pub recall: f64,
    /// What was counted.
    #[serde(flatten)]
    pub counts: Counts,
}

/// All figures of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The format of the gold file.
    pub format: Format,
    /// What the bootstrap draws, in the singular.
    pub unit: &'static str,
    /// How many of them there are.
    pub units: usize,
    /// The rows; the first is the one to quote.
    pub rows: Vec<Estimate>,
    /// What a person should know of the figures.
    pub notes: Vec<String>,
}

/// Two pipelines on one gold file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What it is called.
    pub name: String,
    /// The measure.
    pub measure: Measure,
    /// The first one's figure.
    pub value: f64,
    /// The other's figure.
    pub other: f64,
    /// The first one's minus the other's.
    pub difference: f64,
    /// The interval of the difference.
    pub interval: Option<(f64, f64)>,
    /// How likely a difference of this size is by chance, two-sided.
    pub p: f64,
}

impl Report {
    /// The summed counts of all units drawn, by class.
    fn sums(&self, units: impl IntoIterator<Item = usize>, into: &mut Vec<Counts>) {
        let classes = self.rows.iter().map(|row| row.classes.end).max().unwrap_or(0);
        into.clear();
        into.resize(classes, Counts::default());
        for unit in units {
            for (sum, counts) in into.iter_mut().zip(self.units.get(unit).into_iter().flatten()) {
                sum.add(counts);
            }
        }
    }

    /// The figures, with their intervals.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut sums = Vec::new();
        self.sums(0..self.units.len(), &mut sums);
        let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); self.rows.len()];
        let mut counts = Vec::new();
        bootstrap::rounds(self.units.len(), |units| {
            self.sums(units.iter().copied(), &mut counts);
            for (row, values) in self.rows.iter().zip(&mut drawn) {
                values.push(row.of(&counts));
            }
        });
        let rows = self.rows.iter().zip(drawn).map(|(row, values)| {
            let counts = sum(sums.get(row.classes.clone()).unwrap_or_default());
            Estimate {
                name: row.name.clone(),
                measure: row.measure,
                value: row.of(&sums),
                interval: bootstrap::interval(values),
                precision: counts.precision(),
                recall: counts.recall(),
                counts,
            }
        });
        Summary {
            format: self.format,
            unit: self.unit,
            units: self.units.len(),
            rows: rows.collect(),
            notes: self.notes.clone(),
        }
    }

    /// The rows beside those of another pipeline on the same gold file, each pair on the same draws.
    /// Rows that only one of the two has are left out.
    #[must_use]
    pub fn against(&self, other: &Self) -> Vec<Comparison> {
        let pairs: Vec<(&Row, &Row)> = self
            .rows
            .iter()
            .filter_map(|row| Some((row, other.rows.iter().find(|o| o.name == row.name)?)))
            .collect();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        self.sums(0..self.units.len(), &mut ours);
        other.sums(0..other.units.len(), &mut theirs);
        let mut comparisons: Vec<Comparison> = pairs
            .iter()
            .map(|(row, their_row)| {
                let (value, other) = (row.of(&ours), their_row.of(&theirs));
                Comparison {
                    name: row.name.clone(),
                    measure: row.measure,
                    value,
                    other,
                    difference: value - other,
                    interval: None,
                    p: 1.0,
                }
            })
            .collect();
        let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); pairs.len()];
        bootstrap::rounds(self.units.len(), |units| {
            self.sums(units.iter().copied(), &mut ours);
            other.sums(units.iter().copied(), &mut theirs);
            for ((row, their_row), values) in pairs.iter().zip(&mut drawn) {
                values.push(row.of(&ours) - their_row.of(&theirs));
            }
        });
        for (comparison, values) in comparisons.iter_mut().zip(drawn) {
            comparison.p = bootstrap::p_value(&values);
            comparison.interval = bootstrap::interval(values);
        }
        comparisons
    }
}

impl Row {
    pub(crate) fn new(
        name: impl Into<String>,
        measure: Measure,
        classes: std::ops::Range<usize>,
    ) -> Self {
        Self { name: name.into(), measure, classes }
    }

    fn of(&self, counts: &[Counts]) -> f64 {
        self.measure.of(counts.get(self.classes.clone()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(right: usize, predicted: usize, gold: usize) -> Counts {
        Counts { right, predicted, gold }
    }

    fn report(units: Vec<Vec<Counts>>) -> Report {
        Report {
            format: Format::Columns,
            unit: "document",
            units,
            rows: vec![
                Row::new("all", Measure::MicroF1, 0..2),
                Row::new("A", Measure::MicroF1, 0..1),
            ],
            notes: Vec::new(),
        }
    }

    #[test]
    fn measures_by_hand() {
        let both = [counts(2, 4, 3), counts(1, 1, 5)];
        // 2 * 3 / (5 + 8), (4/7 + 2/6) / 2, 3 / 8
        assert!((Measure::MicroF1.of(&both) - 6.0 / 13.0).abs() < 1e-12);
        assert!((Measure::MacroF1.of(&both) - (4.0 / 7.0 + 1.0 / 3.0) / 2.0).abs() < 1e-12);
        assert!((Measure::Accuracy.of(&both) - 3.0 / 8.0).abs() < 1e-12);
        assert_eq!(Measure::MicroF1.of(&[counts(0, 0, 0)]), 0.0);
        assert_eq!(Measure::MacroF1.of(&[]), 0.0);
    }

    #[test]
    fn the_interval_holds_the_figure_and_is_wide_for_few_units() {
        let few =
            vec![vec![counts(1, 1, 1), counts(0, 1, 1)], vec![counts(0, 1, 1), counts(1, 1, 1)]];
        let many: Vec<_> = few.iter().cycle().take(200).cloned().collect();
        let width = |units: Vec<Vec<Counts>>| {
            let row = report(units).summary().rows[1].clone();
            assert_eq!(row.value, 0.5);
            let (low, high) = row.interval.unwrap();
            assert!(low <= 0.5 && 0.5 <= high);
            high - low
        };
        assert_eq!(width(few), 1.0);
        let width = width(many);
        // 2 * 1.96 * sqrt(0.25 / 200) = 0.139
        assert!((width - 0.139).abs() < 0.02, "{width}");
    }

    #[test]
    fn a_pipeline_that_is_right_once_more_in_every_unit_is_better() {
        let worse = report(vec![vec![counts(1, 2, 2), counts(0, 0, 0)]; 30]);
        let better = report(vec![vec![counts(2, 2, 2), counts(0, 0, 0)]; 30]);
        let comparison = &better.against(&worse)[0];
        assert_eq!(comparison.difference, 0.5);
        assert_eq!(comparison.interval, Some((0.5, 0.5)));
        assert!(comparison.p < 0.01);
        let same = &better.against(&better)[0];
        assert_eq!((same.difference, same.p), (0.0, 1.0));
    }

    #[test]
    fn nothing_has_no_interval() {
        let summary = report(Vec::new()).summary();
        assert_eq!((summary.rows[0].value, summary.rows[0].interval), (0.0, None));
    }
}
