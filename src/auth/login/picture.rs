//! Which pictures are shown. Pages load them from where they lie, so their policy names these places
//! and nothing else; a picture from anywhere else is left out.

/// Where Google's and GitHub's pictures lie.
pub const PICTURE_ORIGINS: [&str; 2] =
    ["https://lh3.googleusercontent.com", "https://avatars.githubusercontent.com"];

/// No address of ours is longer.
const LONGEST: usize = 512;

/// The address of a picture that pages may load.
pub(super) fn allowed(address: Option<String>) -> Option<String> {
    address.filter(|address| {
        let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        let lies =
            |origin: &str| address.strip_prefix(origin).is_some_and(|path| path.starts_with('/'));
        plain && address.len() <= LONGEST && PICTURE_ORIGINS.into_iter().any(lies)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_the_providers_are_shown() {
        let kept = [
            "https://lh3.googleusercontent.com/a/ACg8=s96-c",
            "https://avatars.githubusercontent.com/u/1?v=4",
        ];
        for address in kept {
            assert_eq!(allowed(Some(address.into())).as_deref(), Some(address));
        }
        let long = format!("https://lh3.googleusercontent.com/{}", "a".repeat(LONGEST));
        let dropped = [
            "http://lh3.googleusercontent.com/a",
            "https://lh3.googleusercontent.com.evil.example/a",
            "https://lh3.googleusercontent.com@evil.example/a",
            "https://lh3.googleusercontent.com",
            "https://evil.example/https://lh3.googleusercontent.com/a",
            "javascript:alert(1)",
            "https://avatars.githubusercontent.com/u/1\" onerror=x",
            &long,
        ];
        for address in dropped {
            assert_eq!(allowed(Some(address.into())), None, "{address}");
        }
    }
}
