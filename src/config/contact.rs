//! Who runs the server: told to players, and to whoever finds a weakness.

use std::fmt;
use std::str::FromStr;

/// An address to write to: `mailto:…` or `https://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(String);

/// Not an address to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an e-mail address, or the https:// address of a page, of at most 200 letters")]
pub struct BadContact;

impl FromStr for Contact {
    type Err = BadContact;

    fn from_str(text: &str) -> Result<Self, BadContact> {
        let is_plain = text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mail = text.strip_prefix("mailto:").unwrap_or(text);
        let is_page = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
        let is_mail = mail
            .split_once('@')
            .is_some_and(|(who, at)| !who.is_empty() && at.contains('.') && !at.contains('@'))
            // A `?` would add a subject, a `:` another scheme.
            && !mail.contains([':', '?', '/', '<', '>', '"']);
        match (is_plain, is_page, is_mail) {
            (true, true, _) => Ok(Self(text.to_owned())),
            (true, _, true) => Ok(Self(format!("mailto:{mail}"))),
            _ => Err(BadContact),
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_write_to_is_one_of_mail_or_of_a_page() {
        let table = [
            ("ada@example.com", "mailto:ada@example.com"),
            ("mailto:ada+game@example.com", "mailto:ada+game@example.com"),
            ("https://example.com/contact?a=b", "https://example.com/contact?a=b"),
        ];
        for (given, expected) in table {
            assert_eq!(given.parse::<Contact>().unwrap().to_string(), expected);
        }
        let long = format!("{}@example.com", "a".repeat(200));
        for given in [
            "",
            "ada",
            "@example.com",
            "ada@localhost",
            "ada@example.com\nExpires: never",
            "ada@example.com?subject=x",
            "https://",
            "http://example.com",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(given.parse::<Contact>(), Err(BadContact), "{given}");
        }
    }
}
