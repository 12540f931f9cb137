//! The fake server's REST interface, as much of HTTP as its one client needs.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::world::World;
use super::{Manners, Shared};
use crate::ids::PlayerId;

pub(super) async fn serve(stream: TcpStream, world: Shared) {
    let mut stream = BufReader::new(stream);
    while let Some((path, player)) = request(&mut stream).await {
        let body = answer(&path, player, &world.lock()).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Path and player of the next request; the body is read and thrown away.
async fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, Option<PlayerId>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        lines.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let length: usize = header("content-length").map_or(0, |text| text.parse().unwrap());
    stream.read_exact(&mut vec![0; length]).await.ok()?;
    let path = lines.first()?.split(' ').nth(1)?.to_owned();
    let token = header("authorization").map(|text| text.replace("Bearer ", ""));
    Some((path, token.map(|token| token.parse().unwrap())))
}

fn answer(path: &str, player: Option<PlayerId>, world: &World) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match (path, player) {
        ("/api/config", _) => {
            let game = json!({ "seconds": world.game_seconds(), "countdownSeconds": 0, "graceSeconds": 15 });
            json!({ "game": game })
        }
        ("/api/auth/guest", _) => {
            let id = PlayerId::random();
            json!({ "player": { "id": id }, "token": id.to_string() })
        }
        ("/api/history", Some(player)) => history(player, query, world),
        // At first the results are away.
        ("/api/me", Some(_)) if world.was_first_asked_for_totals() => json!({ "totals": null }),
        ("/api/me", Some(player)) => json!({ "totals": totals(player, world) }),
        ("/api/leaderboard", Some(player)) => board(player, world),
        _ => panic!("nobody asks for {path}"),
    }
}

/// Two games a page: the cursor is how many came before.
fn history(player: PlayerId, query: &str, world: &World) -> Value {
    let mut entries: Vec<Value> =
        world.played(player).into_iter().map(|room| room.entry(player)).collect();
    match world.manners() {
        Manners::RecordsTwice => entries.extend(entries.clone()),
        Manners::RecordsOtherwise => {
            for entry in &mut entries {
                entry["clicks"] = json!(entry["clicks"].as_u64().unwrap() - 1);
            }
        }
        _ => {}
    }
    let cursor = query.split('&').find_map(|part| part.strip_prefix("cursor="));
    let before: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
    let page: Vec<&Value> = entries.iter().skip(before).take(2).collect();
    let next = (before + 2 < entries.len()).then(|| (before + 2).to_string());
    json!({ "games": page, "next": next })
}

/// Points, games, wins and draws.
fn sums(player: PlayerId, world: &World) -> [u64; 4] {
    let mut sums = [0; 4];
    for room in world.played(player).into_iter().filter(|_| world.manners() != Manners::Voids) {
        let (points, wins, draws) = room.totals(player);
        for (sum, more) in sums.iter_mut().zip([points, 1, wins, draws]) {
            *sum += more;
        }
    }
    sums
}

fn totals(player: PlayerId, world: &World) -> Value {
    let [points, games, wins, draws] = sums(player, world);
    json!({ "points": points, "games": games, "wins": wins, "draws": draws })
}

fn board(player: PlayerId, world: &World) -> Value {
    let [points, games, wins, _] = sums(player, world);
    if games == 0 {
        return json!({ "entries": [], "me": null });
    }
    let line = json!({
        "rank": 1, "player": { "id": player }, "points": points, "games": games, "wins": wins,
    });
    json!({ "entries": [line], "me": line })
}
