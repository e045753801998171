//! Words by which English texts report views.

use crate::words::Word;

/// What a verb asks for before it counts as reporting a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Complement {
    /// Anything at all: "said the plan ...", "rejects the plan".
    Any,
    /// A that-clause or a quotation: "indicated that ...".
    That,
    /// The same behind whoever hears it: "told reporters that ...".
    ToldThat,
    /// "as": "describe the costs as unbearable".
    As,
    /// A noun of viewing within a few words: "maintained a firm stance".
    Noun,
}

/// A verb that reports a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ViewVerb {
    /// How many words it has ("calls for": 2).
    pub(crate) len: usize,
    /// What must follow.
    pub(crate) complement: Complement,
}

/// Stems (Snowball English) of verbs that report a view by themselves.
const ANY: [&str; 52] = [
    "say",
    "said",
    "argu",
    "claim",
    "believ",
    "insist",
    "think",
    "contend",
    "fear",
    "hope",
    "reject",
    "oppos",
    "support",
    "back",
    "endors",
    "welcom",
    "condemn",
    "critic",
    "criticis",
    "prais",
    "favor",
    "favour",
    "refus",
    "resist",
    "demand",
    "denounc",
    "hail",
    "applaud",
    "dismiss",
    "defend",
    "advoc",
    "disput",
    "complain",
    "urg",
    "deplor",
    "decri",
    "disapprov",
    "approv",
    "object",
    "protest",
    "boycott",
    "prefer",
    "want",
    "seek",
    "caution",
    "lament",
    "question",
    "doubt",
    "promis",
    "threaten",
    "assert",
    "alleg",
];

/// Stems of verbs that report one with a that-clause, and before it whom it is told.
const TOLD: [&str; 6] = ["tell", "told", "remind", "assur", "inform", "convinc"];

/// Stems of verbs that report one with a that-clause.
const THAT: [&str; 32] = [
    "suggest",
    "indic",
    "signal",
    "note",
    "maintain",
    "hold",
    "warn",
    "state",
    "stress",
    "emphas",
    "emphasis",
    "acknowledg",
    "admit",
    "conced",
    "predict",
    "expect",
    "conclud",
    "agre",
    "declar",
    "reiter",
    "reaffirm",
    "explain",
    "vow",
    "hint",
    "add",
    "comment",
    "write",
    "wrote",
    "tweet",
    "repli",
    "respond",
    "announc",
];

/// Stems of verbs that report one with "as".
const AS: [&str; 8] = ["describ", "view", "see", "regard", "portray", "character", "tout", "frame"];

/// Stems of verbs that report one with a noun of viewing.
const NOUN: [&str; 10] =
    ["maintain", "held", "hold", "taken", "took", "adopt", "express", "voic", "made", "make"];

/// Verbs of two words: a stem and the word after it.
const PAIRS: [(&str, &str); 9] = [
    ("call", "for"),
    ("call", "on"),
    ("balk", "at"),
    ("speak", "against"),
    ("push", "for"),
    ("press", "for"),
    ("came", "out"),
    ("object", "to"),
    ("side", "with"),
];

/// Nouns that name a view.
const VIEW_NOUNS: [&str; 18] = [
    "stance",
    "position",
    "opposition",
    "support",
    "concern",
    "concerns",
    "objection",
    "objections",
    "reservation",
    "reservations",
    "skepticism",
    "scepticism",
    "optimism",
    "doubt",
    "doubts",
    "clear",
    "disapproval",
    "approval",
];

/// The verb of viewing with which `words` begins.
pub(crate) fn view_verb(words: &[Word]) -> Option<ViewVerb> {
    let (first, rest) = words.split_first()?;
    if first.capital {
        return None;
    }
    let stem = first.stem.as_str();
    if let Some(next) = rest.first()
        && PAIRS.iter().any(|(verb, particle)| *verb == stem && *particle == next.lower)
    {
        return Some(ViewVerb { len: 2, complement: Complement::Any });
    }
    let noun_follows = NOUN.contains(&stem) && rest.iter().take(6).any(|w| is_view_noun(&w.lower));
    let complement = if noun_follows {
        Complement::Noun
    } else if ANY.contains(&stem) {
        Complement::Any
    } else if THAT.contains(&stem) {
        Complement::That
    } else if TOLD.contains(&stem) {
        Complement::ToldThat
    } else if AS.contains(&stem) {
        Complement::As
    } else {
        return None;
    };
    Some(ViewVerb { len: 1, complement })
}

/// Whether a verb in lower case may be a noun too: "claims", "support".
pub(crate) fn may_be_a_noun(lower: &str) -> bool {
    const BOTH: [&str; 19] = [
        "back", "boycott", "caution", "claim", "demand", "doubt", "fear", "hope", "object",
        "praise", "promise", "protest", "question", "support", "view", "hold", "state", "note",
        "stress",
    ];
    let base = lower.strip_suffix('s').unwrap_or(lower);
    BOTH.contains(&base)
}

/// Whether a word in lower case goes on after a verb rather than after a noun.
pub(crate) fn follows_a_verb(lower: &str) -> bool {
    const AFTER_VERBS: [&str; 18] = [
        "that", "the", "a", "an", "this", "these", "those", "its", "his", "her", "their", "it",
        "he", "she", "they", "to", "any", "such",
    ];
    AFTER_VERBS.contains(&lower)
}

/// Whether a word in lower case names a view.
pub(crate) fn is_view_noun(lower: &str) -> bool {
    VIEW_NOUNS.contains(&lower)
}

/// Nouns of people and bodies that speak for whoever is named beside them.
const ROLES: [&str; 44] = [
    "official",
    "officials",
    "government",
    "governments",
    "authorities",
    "leader",
    "leaders",
    "leadership",
    "minister",
    "ministers",
    "ministry",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "diplomat",
    "diplomats",
    "envoy",
    "envoys",
    "administration",
    "lawmakers",
    "lawmaker",
    "parliament",
    "senators",
    "senator",
    "politicians",
    "negotiators",
    "president",
    "delegation",
    "cabinet",
    "army",
    "military",
    "police",
    "court",
    "media",
    "aides",
    "advisers",
    "advisors",
    "regulators",
    "ambassador",
    "representatives",
    "residents",
    "voters",
    "activists",
    "team",
];

/// People without a name whose views a text reports.
const ANONYMOUS: [&str; 26] = [
    "critics",
    "opponents",
    "supporters",
    "proponents",
    "advocates",
    "analysts",
    "experts",
    "observers",
    "officials",
    "diplomats",
    "activists",
    "protesters",
    "campaigners",
    "economists",
    "scientists",
    "researchers",
    "lawmakers",
    "residents",
    "voters",
    "sources",
    "commentators",
    "sceptics",
    "skeptics",
    "detractors",
    "scholars",
    "authorities",
];

/// Whether a word in lower case is a role that can be somebody's.
pub(crate) fn is_role(lower: &str) -> bool {
    ROLES.contains(&lower) || ANONYMOUS.contains(&lower)
}

/// Whether a word in lower case stands for people without a name.
pub(crate) fn is_anonymous(lower: &str) -> bool {
    ANONYMOUS.contains(&lower)
}

/// Whether a word in lower case may stand between auxiliary and verb.
pub(crate) fn is_adverb(lower: &str) -> bool {
    const ADVERBS: [&str; 12] = [
        "also", "long", "now", "often", "already", "still", "again", "once", "even", "always",
        "since", "both",
    ];
    ADVERBS.contains(&lower) || (lower.len() > 4 && lower.ends_with("ly"))
}

/// Whether a clause can begin after this word.
pub(crate) fn is_clause_start(lower: &str) -> bool {
    const STARTS: [&str; 20] = [
        "that",
        "but",
        "and",
        "while",
        "as",
        "because",
        "although",
        "though",
        "when",
        "since",
        "whereas",
        "yet",
        "however",
        "so",
        "after",
        "before",
        "where",
        "still",
        "then",
        "meanwhile",
    ];
    STARTS.contains(&lower)
}
