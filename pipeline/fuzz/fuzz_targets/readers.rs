//! Any bytes in any reader: articles or reasons, never a panic of ours, and no article over the limit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postil_runner::input::{DateFormat, FieldNames, Format, Reading, articles_of, encoding};

const MAX_ARTICLE_BYTES: u64 = 1000;

/// The fuzzer's hook would end the process at the panics of other people's readers too, of which we
/// make dead letters. Without it, one that nobody catches ends the process all the same.
fn leave_caught_panics_alone() {
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
}

fuzz_target!(init: leave_caught_panics_alone(), |bytes: &[u8]| {
    // The first byte chooses the reader and its options, so that one corpus serves all.
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let formats = [
        Format::Text,
        Format::Html,
        Format::JsonLines,
        Format::Csv,
        Format::Tsv,
        Format::Parquet,
    ];
    let format = formats[usize::from(choice % 8) % formats.len()];
    let mut reading = Reading { max_article_bytes: MAX_ARTICLE_BYTES, ..Reading::default() };
    if choice & 8 != 0 {
        reading.fields = FieldNames { text: Some("a".to_owned()), ..FieldNames::default() };
    }
    if choice & 16 != 0 {
        reading.date_format = DateFormat::new("%d/%m/%Y").ok();
    }
    if choice & 32 != 0 {
        let label = if choice & 64 == 0 { "windows-1252" } else { "shift_jis" };
        reading.encoding = encoding(label).ok();
    }
    for read in articles_of(bytes.to_vec(), format, &reading) {
        match read {
            Ok(article) => {
                // A character of a single byte takes up to three in UTF-8.
                assert!(article.text.len() as u64 <= 3 * MAX_ARTICLE_BYTES, "{format:?}");
                assert!(!article.text.trim().is_empty(), "{format:?}");
            }
            Err(error) => {
                let is_others = matches!(format, Format::Parquet | Format::Html);
                assert!(is_others || !error.contains("panicked"), "{format:?}: {error}");
            }
        }
    }
});
