//! What results and leaderboards cost: games recorded per second, and a page of a leaderboard among
//! a thousand and among a million players.
//!
//! `./scripts/bench results` starts the servers it needs and runs it. By hand, in release:
//! `cargo run --release --example results_bench -- PLAYERS GAMES`, with `VALKEY_URL` for leaderboards
//! in Valkey, and AWS's own variables and `DYNAMODB_TABLE_PREFIX` for results in DynamoDB. Prints one
//! JSON object.

#![allow(clippy::print_stdout, reason = "a program for the command line")]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use overcookied::cluster::{Commit, MemoryStore, NewRoom, Rooms, Valkey, ValkeySettings};
use overcookied::ids::{BySeat, Epoch, PlayerId, PodId, RoomId, Seat, Version};
use overcookied::leaderboard::{
    Board, Leaderboard, Period, Query, Standing, ValkeyLeaderboard, rebuild,
};
use overcookied::matchmaking::MemoryMatchmaking;
use overcookied::protocol::Reason;
use overcookied::results::{
    DynamoResults, DynamoSettings, FinishedGame, FinishedSeat, Outbox, PlayerProfile, Recorder,
    RecorderPorts, RecorderSettings, Results, SqliteResults,
};
use overcookied::telemetry::Metrics;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde_json::{Value, json};

type Failed = Box<dyn Error + Send + Sync>;

/// Few players, to compare many with.
const FEW: usize = 1_000;
/// Pages that are asked for.
const PAGES: usize = 500;
/// The moment of all games: a Wednesday.
const NOW: u64 = 1_795_003_200_000;
/// What the recorder does at a time, and therefore whoever is measured beside it.
const AT_ONCE: usize = 8;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let players = numbers.next().unwrap_or(Ok(1_000_000))?;
    let games = numbers.next().unwrap_or(Ok(2_000))?;
    let folder = std::env::temp_dir().join(format!("results-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut found = BTreeMap::new();

    let fresh = |name: &str| SqliteResults::open(folder.join(name));
    let sides = [Arc::new(fresh("recorder.db")?) as Arc<dyn Results>, Arc::new(fresh("bare.db")?)];
    found.insert("recorderSqlite", recorder(sides, games, &Metrics::default()).await?);
    if let Ok(prefix) = std::env::var("DYNAMODB_TABLE_PREFIX") {
        // The emulator copies its tables for each transaction.
        let games = (games / 20).max(AT_ONCE);
        let metrics = Metrics::default();
        let tables = async |name: &str, metrics: Metrics| -> Result<_, Failed> {
            let settings = DynamoSettings { prefix: format!("{prefix}{name}") };
            let tables = DynamoResults::new(&settings, metrics).await;
            tables.create_tables().await?;
            let tables: Arc<dyn Results> = Arc::new(tables);
            Ok(tables)
        };
        let sides =
            [tables("Recorder", metrics.clone()).await?, tables("Bare", Metrics::default()).await?];
        found.insert("recorderDynamodb", recorder(sides, games, &metrics).await?);
    }

    let (few, many) = (fresh("few.db")?, fresh("many.db")?);
    found.insert("boardsSqlite", boards(&few, &many, players).await?);
    if let Ok(url) = std::env::var("VALKEY_URL") {
        let valkey = async |name: &str| -> Result<_, Failed> {
            let settings = ValkeySettings::new(&url)?.with_prefix(&format!("bench-{name}"));
            Ok(ValkeyLeaderboard::new(Valkey::connect(settings).await?))
        };
        let (few, many) = (valkey("few").await?, valkey("many").await?);
        found.insert("boardsValkey", boards(&few, &many, players).await?);
        let again = valkey("again").await?;
        let results = fresh("many.db")?;
        let began = Instant::now();
        let standings = rebuild(&results, &again, false).await?;
        found.insert(
            "rebuild",
            json!({"standings": standings, "seconds": began.elapsed().as_secs_f64()}),
        );
    }
    println!("{:#}", json!(found));
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// How fast a recorder empties an outbox, and how fast the same results take the same games from
/// somebody who does nothing else.
async fn recorder(
    [recorded, bare]: [Arc<dyn Results>; 2],
    games: usize,
    metrics: &Metrics,
) -> Result<Value, Failed> {
    let outbox = MemoryStore::new();
    let mut bare_games = Vec::new();
    for _ in 0..games {
        let game = game();
        end(&outbox, &game).await?;
        bare_games.push(game);
    }
    let asked = metrics.dynamodb_requests.get();
    let ports = RecorderPorts {
        outbox: Arc::new(outbox.clone()),
        results: recorded,
        boards: None,
        rooms: Arc::new(outbox.clone()),
        matchmaking: Arc::new(MemoryMatchmaking::new()),
    };
    let began = Instant::now();
    let (recorder, handle) = Recorder::new(ports, metrics.clone(), RecorderSettings::default());
    let running = tokio::spawn(recorder.run());
    let outcome = overcookied::telemetry::Outcome { outcome: "new" };
    while metrics.recorded.get_or_create(&outcome).get() < games as u64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = began.elapsed();
    let requests = metrics.dynamodb_requests.get() - asked;
    handle.stop();
    running.await?;
    if !outbox.take(1).await?.is_empty() {
        return Err("the outbox is not empty".into());
    }

    let began = Instant::now();
    for some in bare_games.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|game| bare.record(game.clone()))).await?;
    }
    let bare_took = began.elapsed();
    let each = |time: Duration| games as f64 / time.as_secs_f64();
    Ok(json!({
        "games": games,
        "perSecond": each(took),
        "barePerSecond": each(bare_took),
        "ratio": took.as_secs_f64() / bare_took.as_secs_f64(),
        "requestsPerGame": requests as f64 / games as f64,
    }))
}

async fn end(store: &MemoryStore, game: &FinishedGame) -> Result<(), Failed> {
    let (room, host) = (game.game_id, PodId::random());
    let players = BySeat::from_fn(|seat| Some(game.seats[seat].player));
    let snapshot = bytes::Bytes::new();
    let (epoch, version, format) = (Epoch(1), Version(1), 1);
    let founded =
        NewRoom { id: room, host, epoch, version, players, format, snapshot: snapshot.clone() };
    store.found(founded).await?;
    let (version, finished) = (Version(2), Some(game.clone()));
    store.commit(Commit { room, host, epoch, version, format, snapshot, finished }).await?;
    Ok(())
}

fn game() -> FinishedGame {
    let seat = |_| FinishedSeat {
        player: PlayerId::random(),
        name: "Chocolate Chip 42".to_owned(),
        picture: None,
        bot: None,
        points: 312,
        clicks: 250,
        rhythm: None,
    };
    FinishedGame {
        game_id: RoomId::random(),
        game: "cookie".to_owned(),
        ended_at: NOW,
        reason: Reason::Time,
        winner: Some(Seat::P1),
        seats: BySeat::from_fn(seat),
    }
}

/// What the top 100 with one's own place costs, and a game's standings, among few players and many.
async fn boards(
    few: &dyn Leaderboard,
    many: &dyn Leaderboard,
    players: usize,
) -> Result<Value, Failed> {
    let mut dice = Pcg32::seed_from_u64(7);
    let of_few = fill(few, FEW, &mut dice).await?;
    let began = Instant::now();
    let of_many = fill(many, players, &mut dice).await?;
    let filled = began.elapsed();
    let mut took: [Vec<Duration>; 4] = Default::default();
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..PAGES {
        for (n, (board, ids)) in [(few, &of_few), (many, &of_many)].into_iter().enumerate() {
            let me = ids[dice.random_range(0..ids.len())];
            let query = Query { board: Board::All, now: NOW, limit: 100, me: Some(me) };
            let began = Instant::now();
            let page = board.page(query).await?;
            took[n].push(began.elapsed());
            if page.entries.len() != 100 || page.me.is_none() {
                return Err("the page is not whole".into());
            }
            let changed =
                vec![standing(me, 1_000_000, &mut dice), standing(ids[0], 1_000_000, &mut dice)];
            let began = Instant::now();
            board.set(changed).await?;
            took[2 + n].push(began.elapsed());
        }
    }
    let [page_few, page_many, set_few, set_many] = took.map(median_and_tail);
    Ok(json!({
        "few": FEW, "many": players, "fillSeconds": filled.as_secs_f64(),
        "page": {"few": page_few, "many": page_many, "ratio": page_many[0] / page_few[0]},
        "set": {"few": set_few, "many": set_many, "ratio": set_many[0] / set_few[0]},
    }))
}

async fn fill(
    board: &dyn Leaderboard,
    players: usize,
    dice: &mut Pcg32,
) -> Result<Vec<PlayerId>, Failed> {
    let ids: Vec<_> = (0..players).map(|_| PlayerId::random()).collect();
    for some in ids.chunks(1_000) {
        board.set(some.iter().map(|id| standing(*id, 1, dice)).collect()).await?;
    }
    Ok(ids)
}

/// Somebody's standing of all time. The more games, the newer.
fn standing(id: PlayerId, games: u64, dice: &mut Pcg32) -> Standing {
    Standing {
        period: Period::AllTime,
        player: PlayerProfile { id, name: "Chocolate Chip 42".to_owned(), picture: None },
        shown_at: NOW,
        points: dice.random_range(0..100_000),
        games: games + dice.random_range(0..1_000_000),
        wins: 0,
        reached_at: NOW - dice.random_range(0..10_000_000_000),
    }
}

/// Milliseconds.
fn median_and_tail(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    [at(0.5), at(0.99)]
}
