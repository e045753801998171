//! From bytes to text, byte for byte or not at all.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

const UTF_8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a file. Without an encoding it must be UTF-8; a byte order mark is not part of it.
///
/// # Errors
/// The bytes, and why they are no text: what stands where, and what to do.
pub(super) fn decode(
    mut raw: Vec<u8>,
    encoding: Option<&'static Encoding>,
) -> Result<String, (Vec<u8>, String)> {
    if let Some(encoding) = encoding.filter(|encoding| *encoding != UTF_8) {
        let (text, _) = match Encoding::for_bom(&raw) {
            Some((found, length)) if found == encoding => (raw.get(length..), length),
            _ => (Some(raw.as_slice()), 0),
        };
        let text = encoding
            .decode_without_bom_handling_and_without_replacement(text.unwrap_or_default())
            .map(Cow::into_owned);
        return text.ok_or_else(|| {
            let error = not_of(encoding);
            (raw, error)
        });
    }
    if raw.starts_with(UTF_8_BOM) {
        raw.drain(..UTF_8_BOM.len());
    } else if let Some(error) = other_byte_order_mark(&raw) {
        return Err((raw, error));
    }
    String::from_utf8(raw).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = not_utf8(error.as_bytes(), at);
        (error.into_bytes(), message)
    })
}

/// The text of a piece of a file of records: a line, or a field.
///
/// # Errors
/// Why the bytes are no text.
pub(super) fn decode_piece<'a>(
    raw: &'a [u8],
    encoding: Option<&'static Encoding>,
) -> Result<Cow<'a, str>, String> {
    match encoding.filter(|encoding| *encoding != UTF_8) {
        Some(encoding) => encoding
            .decode_without_bom_handling_and_without_replacement(raw)
            .ok_or_else(|| not_of(encoding)),
        None => std::str::from_utf8(raw)
            .map(Cow::Borrowed)
            .map_err(|error| not_utf8(raw, error.valid_up_to())),
    }
}

/// Why a file of records can't be cut into records in this encoding, if it can't.
pub(super) fn can_be_cut(head: &[u8], encoding: Option<&'static Encoding>) -> Result<(), String> {
    match encoding {
        Some(encoding) if !encoding.is_ascii_compatible() => Err(format!(
            "records can't be read in {name}: convert the file to UTF-8",
            name = encoding.name()
        )),
        Some(encoding) if encoding != UTF_8 => Ok(()),
        _ => match Encoding::for_bom(head) {
            Some((found, _)) if found != UTF_8 => Err(format!(
                "not UTF-8 but {name}, by its byte order mark: convert the file to UTF-8",
                name = found.name()
            )),
            _ => Ok(()),
        },
    }
}

/// The length of the UTF-8 byte order mark, where there is one.
pub(super) fn mark_length(head: &[u8]) -> usize {
    if head.starts_with(UTF_8_BOM) { UTF_8_BOM.len() } else { 0 }
}

/// Which byte order mark stands there instead of UTF-8, if one does, and what to do.
fn other_byte_order_mark(raw: &[u8]) -> Option<String> {
    let (found, _) = Encoding::for_bom(raw)?;
    Some(format!(
        "not UTF-8 but {name}, by its byte order mark: give --encoding {label}",
        name = found.name(),
        label = found.name().to_ascii_lowercase()
    ))
}

fn not_of(encoding: &'static Encoding) -> String {
    format!(
        "not {name}: some bytes stand for no character; \
         leave --encoding out for UTF-8, or name another",
        name = encoding.name()
    )
}

/// Where the first byte stands that is not UTF-8, which it is, and what to do.
pub(super) fn not_utf8(raw: &[u8], at: usize) -> String {
    let valid = raw.get(..at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let line = valid.matches('\n').count() + 1;
    let line_start = valid.rfind('\n').map_or(0, |at| at + 1);
    let column = valid.get(line_start..).unwrap_or_default().chars().count() + 1;
    let byte = raw.get(at).copied().unwrap_or(0);
    format!(
        "not UTF-8: byte 0x{byte:02X} at offset {at} (line {line}, column {column}); \
         convert the file, or name its encoding, such as --encoding windows-1252"
    )
}
