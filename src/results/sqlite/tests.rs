//! Results on SQLite keep the contract, and the promises of a file.

use std::ops::Deref;

use futures_util::future::join_all;
use rusqlite::{Connection, StatementStatus, params};
use tempfile::TempDir;
use uuid::Uuid;

use super::SqliteResults;
use crate::ids::{BySeat, PlayerId, RoomId, Seat};
use crate::protocol::Reason;
use crate::results::contract::contract;
use crate::results::{FinishedGame, FinishedSeat, Recorded, Results};
use crate::sqlite::Id;

/// Results in a directory of their own.
struct OnDisk {
    results: SqliteResults,
    directory: TempDir,
}

impl OnDisk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let results = SqliteResults::open(directory.path().join("results.db")).unwrap();
        Self { results, directory }
    }

    fn again(&self) -> SqliteResults {
        SqliteResults::open(self.directory.path().join("results.db")).unwrap()
    }
}

impl Deref for OnDisk {
    type Target = SqliteResults;

    fn deref(&self) -> &SqliteResults {
        &self.results
    }
}

contract!([#[tokio::test]] *OnDisk::new());

mod accounts {
    use super::OnDisk;
    use crate::accounts::contract::contract;

    contract!([#[tokio::test]] *OnDisk::new());
}

mod boards {
    use std::sync::Arc;

    use super::OnDisk;
    use crate::leaderboard::contract::{Sides, contract};

    contract!([#[tokio::test]] sides(&OnDisk::new()));

    /// Both in one file.
    fn sides(disk: &OnDisk) -> Sides {
        let both = Arc::new(disk.results.clone());
        Sides { results: both.clone(), boards: both }
    }
}

fn game(player: PlayerId) -> FinishedGame {
    let seat = |player| FinishedSeat {
        player,
        name: "name".to_owned(),
        picture: None,
        bot: None,
        points: 2,
        clicks: 2,
        rhythm: None,
    };
    FinishedGame {
        game_id: RoomId::random(),
        game: "cookie".to_owned(),
        ended_at: 1_795_003_200_000,
        reason: Reason::Quit,
        winner: Some(Seat::P2),
        seats: BySeat { p1: seat(player), p2: seat(PlayerId::random()) },
    }
}

#[tokio::test]
async fn what_was_recorded_is_there_after_closing() {
    let disk = OnDisk::new();
    let anna = PlayerId::random();
    let game = game(anna);
    assert_eq!(disk.record(game.clone()).await.unwrap(), Recorded::New);
    disk.close();
    assert!(disk.totals(anna).await.is_err());
    let again = disk.again();
    assert_eq!(again.totals(anna).await.unwrap().points, 2);
    assert_eq!(again.record(game).await.unwrap(), Recorded::Already);
}

#[tokio::test]
async fn two_who_share_the_file_record_every_game_once() {
    let disk = OnDisk::new();
    let other = disk.again();
    let anna = PlayerId::random();
    let games: Vec<_> = (0..100).map(|_| game(anna)).collect();
    let record = |results: SqliteResults| {
        let games = games.clone();
        tokio::spawn(async move {
            let mut new = 0;
            for game in games {
                new += usize::from(results.record(game).await.unwrap() == Recorded::New);
            }
            new
        })
    };
    let (here, there) = (record(disk.results.clone()), record(other.clone()));
    assert_eq!(here.await.unwrap() + there.await.unwrap(), games.len());
    assert_eq!(other.totals(anna).await.unwrap().games, 100);
    assert_eq!(disk.totals(anna).await.unwrap().points, 200);
}

/// What the next test records, by number.
fn shared_game(number: u128) -> FinishedGame {
    let anna = PlayerId::from(Uuid::from_u128(7));
    FinishedGame { game_id: RoomId::from(Uuid::from_u128(number)), ..game(anna) }
}

/// Run by the next test in processes of its own.
#[tokio::test]
#[ignore = "a child of the next test"]
async fn child_records_two_hundred_games() {
    let Ok(path) = std::env::var("CHILD_FILE") else { return };
    let results = SqliteResults::open(path).unwrap();
    let records = (0..200).map(|number| results.record(shared_game(number)));
    let recorded = join_all(records).await;
    let new = recorded.into_iter().filter(|one| *one.as_ref().unwrap() == Recorded::New).count();
    println!("new={new}.");
}

#[tokio::test]
async fn three_processes_that_share_a_new_file_record_every_game_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("results.db");
    let child = |_| {
        tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg("results::sqlite::tests::child_records_two_hundred_games")
            .env("CHILD_FILE", &path)
            .output()
    };
    let mut new = 0;
    for output in join_all((0..3).map(child)).await {
        let output = String::from_utf8(output.unwrap().stdout).unwrap();
        let (_, count) = output.split_once("new=").unwrap_or_else(|| panic!("{output}"));
        new += count.split_once('.').unwrap().0.parse::<u32>().unwrap();
    }
    assert_eq!(new, 200);
    let results = SqliteResults::open(path).unwrap();
    let anna = results.totals(PlayerId::from(Uuid::from_u128(7))).await.unwrap();
    assert_eq!((anna.games, anna.points), (200, 400));
}

#[tokio::test]
async fn no_question_reads_a_whole_table() {
    let disk = OnDisk::new();
    disk.record(game(PlayerId::random())).await.unwrap();
    let connection = Connection::open(disk.directory.path().join("results.db")).unwrap();
    use super::boards::{ABOVE, BELOW, RANK, TOP};
    let boards = [TOP, RANK, ABOVE[0], ABOVE[1], BELOW[0], BELOW[1]];
    let questions = boards.into_iter().chain([super::read::HISTORY]);
    for question in questions {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let given = plan.parameter_count();
        let values = std::iter::repeat_n(0, given);
        let steps: Vec<String> = plan
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        // `l` are the eleven levels of the ranks.
        let scans = |step: &str| {
            step.starts_with("SCAN") && !["SCAN l", "SCAN CONSTANT ROW"].contains(&step)
        };
        let slow = |step: &&String| scans(step) || step.contains("TEMP B-TREE");
        assert_eq!(steps.iter().find(slow), None, "{question}: {steps:#?}");
    }
}

/// Steps of SQLite's machine for a rank, and for a new standing with its triggers.
fn steps(connection: &Connection, standing: [i64; 2], player: Id) -> [i32; 2] {
    let [points, reached_at] = standing;
    let mut rank = connection.prepare(super::boards::RANK).unwrap();
    rank.query_row(params![0, points, reached_at, player], |row| row.get::<_, i64>(0)).unwrap();
    let mut update = connection
        .prepare(
            "UPDATE standings SET points = points + ?2, reached_at = reached_at + 1000
             WHERE period = 0 AND player = ?1",
        )
        .unwrap();
    update.execute(params![player, 37]).unwrap();
    [&rank, &update].map(|statement| statement.get_status(StatementStatus::VmStep))
}

#[tokio::test]
async fn the_work_for_a_rank_and_for_a_standing_hardly_grows_with_the_players() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("results.db");
    drop(SqliteResults::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let mut players = 0;
    let mut work_with = |many: u64| {
        let some = connection.unchecked_transaction().unwrap();
        let mut last = ([0, 0], Id(Uuid::nil()));
        while players < many {
            players += 1;
            // Spread like a shuffled deck.
            let points = i64::try_from(players * 7_919 % 100_003).unwrap();
            let reached_at = 1_795_003_200_000 + points * 3_571;
            last = ([points, reached_at], Id(Uuid::from_u128(u128::from(players))));
            some.execute(
                "INSERT INTO standings VALUES (0, ?1, ?2, 1, 0, 0, ?3)",
                params![last.1, points, reached_at],
            )
            .unwrap();
        }
        some.commit().unwrap();
        steps(&connection, last.0, last.1)
    };
    let (few, many) = (work_with(500), work_with(8_000));
    for (few, many) in few.into_iter().zip(many) {
        assert!(many < 3 * few, "{few} steps among 500, {many} among 8000");
    }
}
