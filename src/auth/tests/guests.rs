//! Which names guests may have.

use crate::auth::{BadName, GuestName};

#[test]
fn good_names_are_taken_in_one_form() {
    let twenty = "a".repeat(20);
    let table = [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("x_1-2.3", "x_1-2.3"),
        (&twenty, &twenty),
        ("Zoe\u{308}", "Zo\u{EB}"),
        ("Åsa", "Åsa"),
        ("Мария", "Мария"),
        ("山田太郎", "山田太郎"),
        ("नमस्ते", "नमस्ते"),
        ("น้ำ", "น้ำ"),
        ("علی۱۲", "علی۱۲"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("123", "123"),
    ];
    for (given, expected) in table {
        let name = GuestName::parse(given).map(GuestName::into_string);
        let expected: String = unicode_normalization::UnicodeNormalization::nfc(expected).collect();
        assert_eq!(name, Ok(expected), "{given:?}");
    }
}

#[test]
fn bad_names_are_refused_and_told_why() {
    let table = [
        ("", BadName::TooShort(0)),
        ("Deleted player", BadName::Reserved),
        (" deleted  PLAYER ", BadName::Reserved),
        ("  a b".trim_end_matches('b'), BadName::TooShort(1)),
        ("ab", BadName::TooShort(2)),
        ("e\u{301}e\u{301}", BadName::TooShort(2)),
        ("aaaaaaaaaaaaaaaaaaaaa", BadName::TooLong),
        ("bad\nname", BadName::Invisible(0x0A)),
        ("bad\0name", BadName::Invisible(0)),
        ("bad\u{7F}name", BadName::Invisible(0x7F)),
        ("bad\u{85}name", BadName::Invisible(0x85)),
        ("bad\u{200B}name", BadName::Invisible(0x200B)),
        ("bad\u{200D}name", BadName::Invisible(0x200D)),
        ("bad\u{FEFF}name", BadName::Invisible(0xFEFF)),
        ("bad\u{202E}name", BadName::Invisible(0x202E)),
        ("bad\u{2067}name", BadName::Invisible(0x2067)),
        ("bad\u{61C}name", BadName::Invisible(0x61C)),
        ("\u{3164}\u{3164}\u{3164}", BadName::Invisible(0x3164)),
        ("bad\u{E0041}name", BadName::Invisible(0xE0041)),
        ("a\u{FE0F}bc", BadName::Invisible(0xFE0F)),
        ("<img>", BadName::Character('<')),
        ("a\u{A0}bc", BadName::Character('\u{A0}')),
        ("smile🙂", BadName::Character('🙂')),
        ("half½", BadName::Character('½')),
        ("a/b/c", BadName::Character('/')),
        ("a\"b\"", BadName::Character('"')),
        ("\u{301}abc", BadName::LooseMark),
        ("1\u{20E3}23", BadName::LooseMark),
        ("ab \u{301}c", BadName::LooseMark),
        ("q\u{323}\u{323}\u{323}\u{323}ab", BadName::TooManyMarks),
    ];
    for (given, expected) in table {
        let error = GuestName::parse(given).expect_err(given);
        assert_eq!(error, expected, "{given:?}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn an_enormous_name_is_refused_before_it_is_worked_on() {
    assert_eq!(GuestName::parse(&" ".repeat(10_000)), Err(BadName::TooLong));
}
