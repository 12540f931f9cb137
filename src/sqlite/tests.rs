//! The thread, the groups, the failures and the file of a database.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::{Access, Database, NoAnswer, OpenError, Schema, Settings};

const SCHEMA: Schema = Schema { page_size: 1024, steps: &["CREATE TABLE t (n INTEGER) STRICT"] };

fn settings() -> Settings {
    Settings {
        name: "test",
        capacity: 4,
        group: 64,
        deadline: Duration::from_secs(60),
        busy: Duration::from_millis(1),
        housekeeping: None,
    }
}

/// A database in a directory of its own.
struct Bench {
    database: Database,
    directory: TempDir,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(&directory.path().join("t.db"), &SCHEMA, settings).unwrap();
        Self { database, directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("t.db")
    }

    /// Rows as another connection sees them.
    fn committed(&self) -> Vec<i64> {
        rows(&Connection::open(self.path()).unwrap())
    }

    async fn insert(&self, n: i64) -> Result<(), NoAnswer> {
        self.database.call(Access::Write, move |connection| put(connection, n)).await
    }

    /// Keeps the thread busy until the gate is dropped.
    async fn hold(&self) -> Gate {
        let (gate, closed) = mpsc::channel::<()>();
        let (entered, inside) = mpsc::channel();
        let hold = self.database.call(Access::Read, move |_| {
            // Neither can fail in a way that matters: the test has ended then.
            let _ = entered.send(());
            let _ = closed.recv();
            Ok(())
        });
        let held = tokio::spawn(hold);
        tokio::task::yield_now().await;
        inside.recv().unwrap();
        Gate { _gate: gate, held }
    }

    /// Hands over a call and does not wait for its answer.
    async fn send<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> JoinHandle<Result<T, NoAnswer>> {
        let call = tokio::spawn(self.database.call(Access::Write, work));
        tokio::task::yield_now().await;
        call
    }
}

struct Gate {
    _gate: mpsc::Sender<()>,
    held: JoinHandle<Result<(), NoAnswer>>,
}

impl Gate {
    async fn open(self) {
        let Self { _gate, held } = self;
        drop(_gate);
        held.await.unwrap().unwrap();
    }
}

fn put(connection: &Connection, n: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO t VALUES (?1)")?.execute([n]).map(drop)
}

fn rows(connection: &Connection) -> Vec<i64> {
    let mut all = connection.prepare("SELECT n FROM t ORDER BY n").unwrap();
    let all = all.query_map([], |row| row.get(0)).unwrap();
    all.map(Result::unwrap).collect()
}

#[tokio::test]
async fn an_answer_comes_after_the_commit() {
    let bench = Bench::new(settings());
    for n in 0..20 {
        bench.insert(n).await.unwrap();
        assert_eq!(bench.committed().len() as i64, n + 1);
    }
}

#[tokio::test]
async fn calls_that_wait_share_one_transaction() {
    let bench = Bench::new(settings());
    let gate = bench.hold().await;
    let mut calls = Vec::new();
    for n in 0..4 {
        let outside = Connection::open(bench.path()).unwrap();
        let call = move |connection: &Connection| {
            put(connection, n)?;
            Ok((rows(connection).len() as i64, rows(&outside).len()))
        };
        calls.push(bench.send(call).await);
    }
    gate.open().await;
    for (n, call) in (1..).zip(calls) {
        // Each sees those before it, which nobody else does yet.
        assert_eq!(call.await.unwrap().unwrap(), (n, 0));
    }
    assert_eq!(bench.committed(), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_call_that_fails_is_undone_and_spoils_nobody_else() {
    let bench = Bench::new(settings());
    let gate = bench.hold().await;
    let first = bench.send(|connection| put(connection, 1)).await;
    let failing = bench
        .send(|connection| {
            put(connection, 2)?;
            connection.execute("INSERT INTO t VALUES ('no number')", [])
        })
        .await;
    let last = bench.send(|connection| put(connection, 3)).await;
    gate.open().await;
    first.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    assert!(failing.await.unwrap().is_err());
    assert_eq!(bench.committed(), [1, 3]);
}

#[tokio::test]
async fn a_full_disk_refuses_all_of_a_group_and_is_survived() {
    let bench = Bench::new(settings());
    bench.insert(0).await.unwrap();
    let limit = |connection: &Connection, pages: i64| {
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
    };
    let small = bench.database.call(Access::Read, move |connection| limit(connection, 1));
    small.await.unwrap();
    let gate = bench.hold().await;
    let fits = bench.send(|connection| put(connection, 1)).await;
    let too_much =
        bench.send(|connection| (0..2000).try_for_each(|n| put(connection, 10 + n))).await;
    gate.open().await;
    assert!(fits.await.unwrap().is_err());
    assert!(too_much.await.unwrap().is_err());
    assert_eq!(bench.committed(), [0]);

    let large = bench.database.call(Access::Read, move |connection| limit(connection, 100_000));
    large.await.unwrap();
    bench.insert(2).await.unwrap();
    assert_eq!(bench.committed(), [0, 2]);
}

#[tokio::test]
async fn a_lock_of_somebody_else_refuses_writes_until_it_is_gone() {
    let bench = Bench::new(settings());
    let other = Connection::open(bench.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(bench.insert(1).await.is_err());
    let read = bench.database.call(Access::Read, |connection| Ok(rows(connection)));
    assert_eq!(read.await, Ok(vec![]));
    other.execute_batch("ROLLBACK").unwrap();
    bench.insert(2).await.unwrap();
    assert_eq!(bench.committed(), [2]);
}

#[tokio::test]
async fn a_call_too_many_is_refused_at_once() {
    let bench = Bench::new(settings());
    let gate = bench.hold().await;
    let mut calls = Vec::new();
    for n in 0..4 {
        calls.push(bench.send(move |connection| put(connection, n)).await);
    }
    // The thread is held up, so this can only be answered without it.
    assert_eq!(bench.insert(9).await, Err(NoAnswer("too many calls wait".to_owned())));
    gate.open().await;
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(bench.committed(), [0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_answered_and_taken_back() {
    let bench = Bench::new(settings());
    // With the clock paused, time runs on as soon as everybody waits: past this deadline, here.
    let gate = bench.hold().await;
    let answer = bench.insert(1).await;
    assert!(answer.is_err_and(|no| no.0.contains("unknown")));
    tokio::time::resume();
    drop(gate);
    bench.insert(2).await.unwrap();
    assert_eq!(bench.committed(), [2]);
}

#[tokio::test]
async fn closing_finishes_what_waits_and_answers_nothing_more() {
    let bench = Bench::new(settings());
    let gate = bench.hold().await;
    let waiting = bench.send(|connection| put(connection, 1)).await;
    let closing = {
        let database = bench.database.clone();
        tokio::task::spawn_blocking(move || database.close())
    };
    drop(gate);
    closing.await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(bench.insert(2).await, Err(NoAnswer("closed".to_owned())));
    assert_eq!(bench.committed(), [1]);
    let log = bench.directory.path().join("t.db-wal");
    assert!(!log.exists(), "the log is part of the file after a clean close");
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    let newer =
        Schema { steps: &["CREATE TABLE t (n INTEGER)", "CREATE TABLE u (n INTEGER)"], ..SCHEMA };
    drop(Database::open(&path, &newer, settings()).unwrap());
    let opened = Database::open(&path, &SCHEMA, settings());
    assert!(matches!(opened, Err(OpenError::Newer { found: 2, known: 1, .. })));
    drop(Database::open(&path, &newer, settings()).unwrap());
}

#[tokio::test]
async fn an_older_file_is_brought_up_to_date_with_what_it_holds() {
    let bench = Bench::new(settings());
    bench.insert(1).await.unwrap();
    bench.database.close();
    let newer = Schema {
        steps: &["CREATE TABLE t (n INTEGER) STRICT", "UPDATE t SET n = n + 100"],
        ..SCHEMA
    };
    for _ in 0..2 {
        drop(Database::open(&bench.path(), &newer, settings()).unwrap());
        assert_eq!(bench.committed(), [101]);
    }
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    std::fs::write(&path, "these are not the bytes you are looking for".repeat(100)).unwrap();
    let opened = Database::open(&path, &SCHEMA, settings());
    assert!(matches!(opened, Err(OpenError::Sqlite { .. })));
}

#[test]
fn a_new_file_can_be_opened_by_many_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    let patient = Settings { busy: Duration::from_secs(30), ..settings() };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(Database::open(&path, &SCHEMA, patient.clone()).unwrap()));
        }
    });
}
