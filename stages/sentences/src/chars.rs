//! The classes of characters that sentence boundaries depend on.

/// A mark that can end a sentence, in any script.
pub(crate) fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‥') || is_clear_stop(c)
}

/// A stop that ends a sentence wherever it stands: scripts whose full stop has no second use.
pub(crate) fn is_clear_stop(c: char) -> bool {
    is_wide_stop(c)
        || matches!(
            c,
            '؟' | '۔'
                | '।'
                | '॥'
                | '։'
                | '።'
                | '፧'
                | '‼'
                | '⁇'
                | '⁈'
                | '⁉'
                | '။'
                | '᠃'
                | '។'
        )
}

/// A stop after which no space is written.
pub(crate) fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

/// Closing quotes and brackets, and the emphasis marks of plain text, which close as well as open.
pub(crate) fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '}'
            | '”'
            | '’'
            | '»'
            | '›'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
            | '*'
            | '_'
    )
}

/// A closing mark that is a quotation mark.
pub(crate) fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '“' | '‘' | '»' | '«' | '›' | '‹' | '」' | '「' | '』' | '『'
    )
}

/// Opening quotes and brackets.
pub(crate) fn is_opener(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '('
            | '['
            | '{'
            | '“'
            | '‘'
            | '„'
            | '«'
            | '‹'
            | '「'
            | '『'
            | '（'
            | '【'
            | '《'
            | '¿'
            | '¡'
            | '*'
            | '_'
            | '`'
    )
}

/// Hyphens and dashes.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―' | '‒' | '−')
}

/// Marks that begin a list item in running text.
pub(crate) fn is_bullet(c: char) -> bool {
    matches!(
        c,
        '•' | '·'
            | '⁃'
            | '▪'
            | '◦'
            | '‣'
            | '●'
            | '○'
            | '■'
            | '□'
            | '►'
            | '▶'
            | '✓'
            | '✔'
            | '➤'
            | '★'
    )
}
