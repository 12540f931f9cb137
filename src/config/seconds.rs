//! How lengths of time are written: seconds, with a fraction if need be (`5`, `0.25`, `5s`, `250ms`).

use std::time::Duration;

/// The longest that makes sense for any setting.
const LONGEST: Duration = Duration::from_secs(3600);

/// Reads a length of time from 0 to an hour.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a number of seconds such as 5 or 0.25");
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let duration = Duration::try_from_secs_f64(number * unit).map_err(|_| wrong())?;
    if duration > LONGEST {
        return Err(format!("`{text}` is more than an hour"));
    }
    Ok(duration)
}

/// Reads a length of time from a millisecond to an hour.
pub(super) fn some_seconds(text: &str) -> Result<Duration, String> {
    let duration = seconds(text)?;
    if duration < Duration::from_millis(1) {
        return Err("it must be more than 0".into());
    }
    Ok(duration)
}
