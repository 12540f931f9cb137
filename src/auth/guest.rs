//! Names of guests: what a stranger may show to others.
//!
//! Letters of any script are welcome; what cannot be seen, or changes how the text around it is
//! read, is not.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::accounts::DELETED;

const SHORTEST: usize = 3;
const LONGEST: usize = 20;
/// More marks than this on one letter are decoration that spills over other people's text.
const MOST_MARKS: usize = 3;
/// Longer texts are refused before they are normalised.
const LONGEST_INPUT: usize = 400;

/// The zeros of the scripts whose digits are taken; nine more follow each.
const ZEROS: [char; 19] = [
    '0', '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{B66}',
    '\u{BE6}', '\u{C66}', '\u{CE6}', '\u{D66}', '\u{E50}', '\u{ED0}', '\u{F20}', '\u{1040}',
    '\u{17E0}', '\u{1810}',
];

/// A name that may be shown, in Unicode's composed form, with single spaces inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestName(String);

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Fewer than 3 characters.
    #[error("The name needs at least {SHORTEST} characters; this one has {0}.")]
    TooShort(usize),
    /// More than 20 characters.
    #[error("The name may have at most {LONGEST} characters.")]
    TooLong,
    /// A character that cannot be seen, or that changes the direction of text.
    #[error("The name contains an invisible or control character (U+{0:04X}).")]
    Invisible(u32),
    /// A character that is none of letter, digit, space, `_`, `-` and `.`.
    #[error("The name may have letters, digits, spaces and _ - . only; “{0}” is none of them.")]
    Character(char),
    /// An accent or vowel sign that belongs to no letter.
    #[error("The name contains an accent or vowel sign without a letter before it.")]
    LooseMark,
    /// What is shown of players who are no more.
    #[error("This name is not to be had.")]
    Reserved,
    /// A pile of accents on one letter.
    #[error("The name has more than {MOST_MARKS} accents or vowel signs on one letter.")]
    TooManyMarks,
}

impl GuestName {
    /// Reads a name: composes it, trims it, makes runs of spaces one, and checks what is left.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        if text.len() > LONGEST_INPUT {
            return Err(BadName::TooLong);
        }
        let composed: String = text.nfc().collect();
        let words: Vec<&str> = composed.trim().split(' ').filter(|word| !word.is_empty()).collect();
        let name = words.join(" ");
        check_characters(&name)?;
        match name.chars().count() {
            count if count < SHORTEST => Err(BadName::TooShort(count)),
            count if count > LONGEST => Err(BadName::TooLong),
            _ if name.eq_ignore_ascii_case(DELETED) => Err(BadName::Reserved),
            _ => Ok(Self(name)),
        }
    }

    /// The nearest name to what somebody is called elsewhere, where other rules hold.
    pub fn fitting(text: &str) -> Self {
        let mut name = String::new();
        for c in text.nfc().take(LONGEST_INPUT) {
            let longer = format!("{name}{c}");
            let fits = check_characters(&longer).is_ok() && longer.chars().count() <= LONGEST;
            if fits && !(c == ' ' && (name.is_empty() || name.ends_with(' '))) {
                name = longer;
            }
        }
        Self::parse(&name).unwrap_or_else(|_| Self("Player".to_owned()))
    }

    /// The name as text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for GuestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn check_characters(name: &str) -> Result<(), BadName> {
    let mut after_letter = false;
    let mut marks = 0;
    for c in name.chars() {
        if is_invisible(c) {
            return Err(BadName::Invisible(u32::from(c)));
        }
        if is_combining_mark(c) {
            marks += 1;
            if !after_letter {
                return Err(BadName::LooseMark);
            }
            if marks > MOST_MARKS {
                return Err(BadName::TooManyMarks);
            }
            continue;
        }
        marks = 0;
        after_letter = c.is_alphabetic();
        if !(after_letter || is_digit(c) || " _-.".contains(c)) {
            return Err(BadName::Character(c));
        }
    }
    Ok(())
}

fn is_digit(c: char) -> bool {
    ZEROS.iter().any(|zero| (u32::from(*zero)..u32::from(*zero) + 10).contains(&u32::from(c)))
}

/// Control characters, and what Unicode calls default-ignorable: bidirectional marks, joiners and
/// other zero-width characters, variation selectors, fillers that pass for letters, tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF)
}
