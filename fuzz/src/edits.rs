//! What was good, and was tampered with. Edits are three bytes each.

use std::ops::Range;
use std::str;

/// A text: what to do, where (in 256ths of the text), and with what.
pub fn text(text: &str, edits: &[u8]) -> String {
    let mut edited = text.as_bytes().to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(edit[1]) * edited.len() / 256;
        let with = edit[2] & 0x7f;
        match edit[0] % 8 {
            0 => edited.insert(at, with),
            1 => edited.truncate(at),
            2 => edited.push(with),
            3 => edited.rotate_left(at),
            4 if !edited.is_empty() => drop(edited.remove(at)),
            5 if !edited.is_empty() => drop(edited.pop()),
            6 if !edited.is_empty() => edited[at] = with,
            7 if !edited.is_empty() => *edited.last_mut().unwrap() = with,
            _ => {}
        }
    }
    // Edits are ASCII, and so is what is edited.
    String::from_utf8(edited).unwrap()
}

/// The numbers in JSON: which one, what takes its place, and how much more or less. Changing bytes alone
/// hardly ever makes another number out of one.
pub fn numbers(json: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut edited = json.to_vec();
    for edit in edits.chunks_exact(3) {
        let places = places(&edited);
        let Some(place) = places.get(usize::from(edit[0]) % places.len().max(1)) else { break };
        let before = str::from_utf8(&edited[place.clone()]).unwrap().parse().unwrap_or_default();
        let more = i64::from(edit[2].cast_signed());
        let number = match edit[1] % 8 {
            0 => 0,
            1 => u64::from(u32::MAX),
            2 => 1 << 53,
            3 => u64::MAX / 2,
            4 => u64::MAX,
            5 => 3_600_000,
            _ => before,
        };
        let number =
            number.saturating_add_signed(if edit[1] % 8 == 6 { more * 1_000 } else { more });
        edited.splice(place.clone(), number.to_string().into_bytes());
    }
    edited
}

/// Where the whole numbers are: digits outside of strings.
fn places(json: &[u8]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    for (i, byte) in json.iter().enumerate() {
        match byte {
            b'"' if !escaped => in_string = !in_string,
            b'0'..=b'9' if !in_string => match places.last_mut() {
                Some(place) if place.end == i => place.end = i + 1,
                _ => places.push(i..i + 1),
            },
            _ => {}
        }
        escaped = in_string && *byte == b'\\' && !escaped;
    }
    places
}
