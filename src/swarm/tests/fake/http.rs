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
    let path = path.split('?').next().unwrap();
    match (path, player) {
        ("/api/config", _) => {
            let game = json!({ "seconds": world.game_seconds(), "countdownSeconds": 0, "graceSeconds": 15 });
            json!({ "game": game })
        }
        ("/api/auth/guest", _) => {
            let id = PlayerId::random();
            json!({ "player": { "id": id }, "token": id.to_string() })
        }
        ("/api/history", Some(player)) => json!({ "games": history(player, world) }),
        ("/api/me", Some(player)) => json!({ "totals": totals(player, world) }),
        ("/api/leaderboard", Some(player)) => board(player, world),
        _ => panic!("nobody asks for {path}"),
    }
}

fn history(player: PlayerId, world: &World) -> Vec<Value> {
    let played = world.room_of(player).map(|i| &world.rooms[i]).filter(|room| room.over);
    let mut entries: Vec<Value> = played.map(|room| room.entry(player)).into_iter().collect();
    match world.manners() {
        Manners::RecordsTwice => entries.extend(entries.clone()),
        Manners::RecordsOtherwise => {
            for entry in &mut entries {
                entry["clicks"] = json!(entry["clicks"].as_u64().unwrap() - 1);
            }
        }
        _ => {}
    }
    entries
}

fn totals(player: PlayerId, world: &World) -> Value {
    let (points, wins, draws) = world.rooms[world.room_of(player).unwrap()].totals(player);
    let games = u32::from(world.manners() != Manners::Voids);
    json!({ "points": points, "games": games, "wins": wins, "draws": draws })
}

fn board(player: PlayerId, world: &World) -> Value {
    if world.manners() == Manners::Voids {
        return json!({ "entries": [], "me": null });
    }
    let (points, wins, _) = world.rooms[world.room_of(player).unwrap()].totals(player);
    let line = json!({
        "rank": 1, "player": { "id": player }, "points": points, "games": 1, "wins": wins,
    });
    json!({ "entries": [line], "me": line })
}
