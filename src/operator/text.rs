//! How things are written for people: lengths of time, lists, tables, and text that came from
//! elsewhere.

use std::fmt::Write;
use std::time::Duration;

/// A length of time, to the last digit that matters.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{}.{} s", seconds, time.subsec_millis() / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// Milliseconds, for programs.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Things with commas between them.
pub(super) fn list<T: ToString>(things: &[T]) -> String {
    things.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Text that somebody else has written, without what could play tricks on a terminal.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() { plain.extend(char.escape_default()) } else { plain.push(char) }
    }
    plain
}

/// Rows in columns that line up, two blanks between them. The first row is the head.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a String cannot fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// The first few of what may be many, each on a line of its own.
pub(super) fn first_few(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(FEW);
    let mut text: String = lines.take(FEW).map(|line| format!("  {line}\n")).collect();
    if more > 0 {
        let _ = writeln!(text, "  and {more} more; --json names them all");
    }
    text
}

/// How many are a few.
const FEW: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_well_at_every_size() {
        let table = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.0 s"),
            (59_999, "59.9 s"),
            (60_000, "1 min 0 s"),
            (3_599_999, "59 min 59 s"),
            (3_600_000, "1 h 0 min"),
            (86_399_000, "23 h 59 min"),
            (90_000_000, "1 d 1 h"),
        ];
        for (millis, text) in table {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn columns_line_up_and_nothing_trails() {
        let row = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        let rows = [row("NAME", "N", "LAST"), row("ä", "100", ""), row("long name", "1", "x")];
        let expected = "NAME       N    LAST\nä          100\nlong name  1    x\n";
        assert_eq!(table(&rows), expected);
    }

    #[test]
    fn text_of_others_plays_no_tricks_on_a_terminal() {
        assert_eq!(plain("Zoë 🍪"), "Zoë 🍪");
        assert_eq!(plain("a\x1b[2J\u{9b}b\nc"), "a\\u{1b}[2J\\u{9b}b\\nc");
    }

    #[test]
    fn of_many_the_first_few_are_shown_and_the_rest_is_counted() {
        let lines = |n: usize| first_few((0..n).map(|i| i.to_string()));
        assert_eq!(lines(0), "");
        assert_eq!(lines(10).lines().count(), 10);
        assert!(lines(11).ends_with("  9\n  and 1 more; --json names them all\n"));
    }
}
