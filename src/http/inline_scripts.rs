//! Finds the scripts that stand inside exported pages, so that the policy can name each by its
//! hash instead of allowing all.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Folders are not followed deeper than this.
const DEEPEST: usize = 16;

/// The SHA-256 hashes, in base64, of all inline scripts of all `*.html` in a folder and below.
pub(super) fn hashes(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = BTreeSet::new();
    collect(folder, DEEPEST, &mut found)?;
    Ok(found.into_iter().collect())
}

fn collect(folder: &Path, depth: usize, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            collect(&path, depth - 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            let html = String::from_utf8_lossy(&fs::read(&path)?).replace("\r\n", "\n");
            found.extend(scripts(&html).map(|script| STANDARD.encode(Sha256::digest(script))));
        }
    }
    Ok(())
}

/// The text of each `<script>` without `src`. ASCII case does not matter to tags, and folding it
/// keeps every position.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    let folded = html.to_ascii_lowercase();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let tag = at + folded[at..].find("<script")? + "<script".len();
            let body = tag + tag_end(&folded[tag..])? + 1;
            let end = body + folded[body..].find("</script")?;
            at = end;
            if !has_source(&folded[tag..body - 1]) {
                return Some(&html[body..end]);
            }
        }
    })
}

/// Where the tag ends: the first `>` outside quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(i, c)| match (quote, c) {
        (None, '>') => Some(i),
        (None, '"' | '\'') => {
            quote = Some(c);
            None
        }
        (Some(open), c) if c == open => {
            quote = None;
            None
        }
        _ => None,
    })
}

/// Whether a `src` attribute stands in the tag, outside quotes.
fn has_source(attributes: &str) -> bool {
    let outside: String = attributes.split(['"', '\'']).step_by(2).collect::<Vec<_>>().join(" ");
    outside.split([' ', '\n', '\t', '/']).any(|word| word == "src" || word.starts_with("src="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_and_others_are_not() {
        let html = r#"<html><script src="/a.js"></script><script>one()</script>
            <SCRIPT async="" data-x="src=1>2">two("<b>")</Script>
            <script type=module src=/b.js>ignored()</script><script
            nonce='' >three()</script><p>script</p><script id="x" src='/c.js' />gone</script>
            <script></script>"#;
        let found: Vec<_> = scripts(html).collect();
        assert_eq!(found, ["one()", r#"two("<b>")"#, "three()", ""]);
    }

    #[test]
    fn hashes_are_those_that_browsers_compute() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("play");
        fs::create_dir(&below).unwrap();
        let page = "<script>alert('Hello, world.');</script>";
        fs::write(folder.path().join("index.html"), page).unwrap();
        fs::write(below.join("index.html"), page).unwrap();
        fs::write(below.join("index.txt"), "<script>no page</script>").unwrap();
        // The example of the specification of Content Security Policy.
        let expected = "qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=";
        assert_eq!(hashes(folder.path()).unwrap(), [expected]);
    }
}
