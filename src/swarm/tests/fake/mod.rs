//! A small server that speaks the wire and plays a trivial duel, honestly or not.

mod http;
mod room;
mod world;
mod ws;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use world::World;

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manners {
    Honest,
    /// Honest, but every connection ends after some clicks, with what was in flight.
    DropsConnections,
    /// The same with close code 1012.
    GoesAway,
    /// Honest, but it overlooks an input now and then and asks for it.
    MissesInputs,
    /// The end does not know the last acknowledged click.
    LosesAClick,
    /// One acknowledged click is worth nothing.
    GivesNoPoint,
    /// One click is worth two.
    CountsTwice,
    /// An acknowledgement is taken back.
    FallsBack,
    /// The players are told different points.
    TellsTwoStories,
    RecordsTwice,
    RecordsOtherwise,
    NeverEnds,
    /// Honest, but every connection hears `PAUSED` for longer than a second before its `HELLO`.
    PausesFirst,
    /// Honest, but it takes no inputs for half a second.
    Stalls,
    /// The older connection of a player stays open; its inputs do not count.
    KeepsTheOlder,
    /// The older connection of a player stays open, and its inputs count.
    CountsTheOlder,
    /// Nobody is ever matched.
    ForgetsTheQueue,
    /// A player is told of a second game.
    MatchesTwice,
    /// Honest, but connections end with their games.
    DropsAtTheEnd,
    /// The end of a game is repeated late, and frees its players from their next one.
    FreesTheNextGame,
    /// Who has left the queue is back in it, and is matched with the next who comes.
    RevivesWhoLeft,
    /// Who was matched is still in the queue, and is matched once more.
    RevivesWhoWasMatched,
    /// Two pods match the same player at the same time, who hears of one game alone.
    PairsOnTwoPods,
    /// The first player who joins again after a game is told to wait, and forgotten.
    ForgetsWhoJoinsAgain,
    /// Who comes back after the end is told that the game goes on.
    KeepsSeated,
    /// Every game ends as void.
    Voids,
}

/// A running server; gone when dropped.
pub(super) struct Fake {
    address: SocketAddr,
    accepting: AbortHandle,
}

impl Fake {
    pub(super) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let world = Shared(Arc::new(Mutex::new(World::new(manners))));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let world = world.clone();
                tokio::spawn(async move {
                    let mut start = [0; 7];
                    stream.peek(&mut start).await.unwrap_or_default();
                    match &start {
                        b"GET /ws" => ws::serve(stream, world).await,
                        _ => http::serve(stream, world).await,
                    }
                });
            }
        });
        Self { address, accepting: accepting.abort_handle() }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The URL of a balancer that has no pod: it answers everything with 503.
pub(super) async fn unavailable() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\
                          Connection: close\r\n\r\n";
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

/// The world as all connections share it.
#[derive(Clone)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }
}
