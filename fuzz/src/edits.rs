//! A text that was tampered with.

/// Applies edits of three bytes each: what to do, where (in 256ths of the text), and with what.
pub fn apply(text: &str, edits: &[u8]) -> String {
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
