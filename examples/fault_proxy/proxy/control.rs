//! The control port: one command a line, answered by `ok` (and what was asked for) or `error WHY`.
//!
//! | line | what happens |
//! | --- | --- |
//! | `delay up\|down MS` | every byte is held back so long; 0 ends it |
//! | `lose-replies N` | one call in N is carried out, its answer lost with the connection; 0 ends it |
//! | `stall up\|down\|both` | nothing is forwarded; connections stay open |
//! | `cut` | every connection is reset, new ones are refused |
//! | `cut-after up\|down N` | each connection is closed N bytes from now; 0 ends it |
//! | `heal` | every fault ends |
//! | `stats` | counters and faults as JSON |
//!
//! A call is whatever one read from the client brings: with pipelining, several commands.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::faults::{Direction, Faults, Shared};

/// Longest line that is taken.
const MOST_BYTES: u64 = 256;
/// Longest delay in milliseconds.
const MOST_DELAY: u64 = 60_000;

/// Serves one connection of the control port.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut stream).take(MOST_BYTES).read_until(b'\n', &mut line).await;
        if !matches!(read, Ok(1..)) || line.last() != Some(&b'\n') {
            return;
        }
        let said = String::from_utf8_lossy(&line);
        let answer = match obey(&said, &shared) {
            Ok(answer) => format!("ok {answer}\n"),
            Err(why) => format!("error {why}\n"),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn obey(line: &str, shared: &Shared) -> Result<String, String> {
    let words: Vec<_> = line.split_whitespace().collect();
    if words == ["stats"] {
        return Ok(shared.stats());
    }
    let mut faults = shared.faults.borrow().clone();
    change(&words, &mut faults)?;
    shared.faults.send_replace(faults);
    Ok(String::new())
}

fn change(words: &[&str], faults: &mut Faults) -> Result<(), String> {
    match *words {
        ["delay", way, ms] => faults.way_mut(direction(way)?).delay_ms = up_to(MOST_DELAY, ms)?,
        ["lose-replies", one_in] => {
            faults.lose_one_in = one_in.parse().map_err(|_| format!("no number: {one_in}"))?;
        }
        ["stall", "both"] => (faults.up.stalled, faults.down.stalled) = (true, true),
        ["stall", way] => faults.way_mut(direction(way)?).stalled = true,
        ["cut-after", way, bytes] => {
            let way = faults.way_mut(direction(way)?);
            way.cut_after = up_to(u64::MAX, bytes)?;
            way.cut_after_order += 1;
        }
        ["cut"] => {
            faults.cut = true;
            faults.cuts += 1;
        }
        ["heal"] => faults.heal(),
        _ => return Err(format!("no such command: {}", words.join(" "))),
    }
    Ok(())
}

fn direction(word: &str) -> Result<Direction, String> {
    match word {
        "up" => Ok(Direction::Up),
        "down" => Ok(Direction::Down),
        _ => Err(format!("neither up nor down: {word}")),
    }
}

fn up_to(most: u64, word: &str) -> Result<u64, String> {
    let number = word.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| format!("no number up to {most}: {word}"))
}
