//! The ports of one pod: the stores that all pods share, at the other end of its line.

use std::ops::Range;
use std::sync::Arc;

use futures_util::FutureExt;

use super::book::Book;
use super::line::Line;
use super::recorded::RecordedGames;
use super::trace::short;
use crate::cluster::{
    Answer, Arrival, ClaimError, Claimed, Commit, CommitError, Heartbeat, LivingPod, MemoryStore,
    NewRoom, Players, Pods, Rooms, StoredRoom, Unavailable,
};
use crate::ids::{Epoch, Generation, PlayerId, PodId, RoomId, TicketId};
use crate::leaderboard::Standing;
use crate::matchmaking::{
    Cursor, Founding, Joined, Left, Matchmaking, MemoryMatchmaking, Record, Ticket,
};
use crate::results::{
    FinishedGame, HistoryPage, Outbox, OutboxEntry, OutboxId, Recorded, Results, ResultsError,
    Totals,
};

/// What all pods share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) store: MemoryStore,
    /// Where heartbeats are: the same store, but for a pod alone, of which nobody else need know.
    pub(super) pods: MemoryStore,
    pub(super) matchmaking: MemoryMatchmaking,
    pub(super) recorded: RecordedGames,
    pub(super) book: Arc<Book>,
}

/// The ports of one pod.
#[derive(Clone)]
pub(super) struct Stores {
    pub(super) line: Line,
    pub(super) shared: Shared,
}

impl Rooms for Stores {
    fn found(&self, room: NewRoom) -> Answer<bool, Unavailable> {
        let (stores, id) = (self.clone(), room.id);
        self.line.call("found", move || {
            let answer = stores.shared.store.found(room.clone());
            stores.watch(id, "found", answer)
        })
    }

    fn commit(&self, commit: Commit) -> Answer<(), CommitError> {
        let stores = self.clone();
        self.line.call("commit", move || {
            let answer = stores.shared.store.commit(commit.clone());
            let answer = stores.watch(commit.room, "commit", answer);
            let (book, version) = (stores.shared.book.clone(), commit.version);
            let finished = commit.finished.clone();
            async move {
                answer.await?;
                if let Some(game) = finished {
                    book.ended(&game, version);
                }
                Ok(())
            }
            .boxed()
        })
    }

    fn claim(
        &self,
        room: RoomId,
        host: PodId,
        seen: Epoch,
        formats: &'static [u32],
    ) -> Answer<Claimed, ClaimError> {
        let stores = self.clone();
        self.line.call("claim", move || {
            let answer = stores.shared.store.claim(room, host, seen, formats);
            stores.watch(room, "claim", answer)
        })
    }

    fn release(&self, room: RoomId, host: PodId, epoch: Epoch) -> Answer<(), Unavailable> {
        let stores = self.clone();
        self.line.call("release", move || {
            let answer = stores.shared.store.release(room, host, epoch);
            stores.watch(room, "release", answer)
        })
    }

    fn load(&self, room: RoomId) -> Answer<Option<StoredRoom>, Unavailable> {
        let store = self.shared.store.clone();
        let loaded = self.line.call("load", move || store.load(room));
        if self.line.weather.pods > 1 {
            return loaded;
        }
        // A disk keeps no clock that outlives the process.
        let without_clock =
            |stored: Option<StoredRoom>| stored.map(|stored| StoredRoom { idle: None, ..stored });
        async move { loaded.await.map(without_clock) }.boxed()
    }

    fn some_open(&self) -> Answer<Vec<RoomId>, Unavailable> {
        if self.line.weather.pods == 1 {
            // Like the store of a pod alone.
            return async { Ok(Vec::new()) }.boxed();
        }
        let store = self.shared.store.clone();
        self.line.call("some open", move || store.some_open())
    }
}

impl Stores {
    /// Whatever a call did to a room is looked at when it has been done.
    fn watch<T, E>(&self, room: RoomId, what: &'static str, answer: Answer<T, E>) -> Answer<T, E>
    where
        T: std::fmt::Debug + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let stores = self.clone();
        async move {
            let answer = answer.await;
            let line = &stores.line;
            match &answer {
                Ok(_) => {
                    line.trace.line(format_args!("{} {what} {}: done", line.name, short(room)))
                }
                Err(error) => {
                    line.trace.line(format_args!("{} {what} {}: {error}", line.name, short(room)));
                    let text = error.to_string();
                    if text.starts_with("fenced") {
                        line.trace.sometimes("a commit was fenced");
                    }
                }
            }
            if let Ok(stored) = stores.shared.store.load(room).await {
                stores.shared.book.look(room, stored, &line.trace);
            }
            answer
        }
        .boxed()
    }
}

impl Players for Stores {
    fn arrive(&self, player: PlayerId, pod: PodId) -> Answer<Arrival, Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("arrive", move || store.arrive(player, pod))
    }

    fn newest(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, Generation)>, Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("newest", move || store.newest(players.clone()))
    }

    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("seated", move || store.seated(room, players.clone()))
    }

    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("leave behind", move || store.leave_behind(player, room))
    }
}

impl Pods for Stores {
    fn beat(&self, heartbeat: Heartbeat) -> Answer<(), Unavailable> {
        let store = self.shared.pods.clone();
        self.line.call("beat", move || store.beat(heartbeat.clone()))
    }

    fn age(&self, pod: PodId) -> Answer<Option<std::time::Duration>, Unavailable> {
        let store = self.shared.pods.clone();
        self.line.call("age", move || store.age(pod))
    }

    fn living(&self) -> Answer<Vec<LivingPod>, Unavailable> {
        let store = self.shared.pods.clone();
        self.line.call("living", move || store.living())
    }

    fn leave(&self, pod: PodId) -> Answer<(), Unavailable> {
        let store = self.shared.pods.clone();
        self.line.call("leave", move || Pods::leave(&store, pod))
    }
}

impl Outbox for Stores {
    fn take(&self, limit: usize) -> Answer<Vec<OutboxEntry>, Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("take", move || store.take(limit))
    }

    fn done(&self, id: OutboxId) -> Answer<(), Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("done", move || store.done(id))
    }

    fn set_aside(&self, id: OutboxId, why: String) -> Answer<(), Unavailable> {
        let store = self.shared.store.clone();
        let trace = self.line.trace.clone();
        self.line.call("set aside", move || {
            trace.breach("every result can be read", why.clone());
            store.set_aside(id, why.clone())
        })
    }

    fn holds(&self, room: RoomId) -> Answer<bool, Unavailable> {
        let store = self.shared.store.clone();
        self.line.call("holds", move || store.holds(room))
    }
}

/// The queue of a pod alone is part of its process: nothing goes wrong on the way to it.
impl Stores {
    fn queue<T: Send + 'static>(
        &self,
        name: &'static str,
        call: impl Fn(&MemoryMatchmaking) -> Answer<T, Unavailable> + Send + 'static,
    ) -> Answer<T, Unavailable> {
        let queue = self.shared.matchmaking.clone();
        if self.line.weather.pods == 1 {
            return call(&queue);
        }
        self.line.call(name, move || call(&queue))
    }
}

impl Matchmaking for Stores {
    fn join(&self, ticket: Ticket) -> Answer<Joined, Unavailable> {
        self.queue("join", move |queue| queue.join(ticket.clone()))
    }

    fn leave(&self, game: String, player: PlayerId, ticket: TicketId) -> Answer<Left, Unavailable> {
        self.queue("leave the queue", move |queue| {
            Matchmaking::leave(queue, game.clone(), player, ticket)
        })
    }

    fn renew(&self, tickets: Vec<(PlayerId, TicketId)>) -> Answer<Vec<PlayerId>, Unavailable> {
        self.queue("renew", move |queue| queue.renew(tickets.clone()))
    }

    fn pair(&self, game: String) -> Answer<Vec<Founding>, Unavailable> {
        let (trace, book) = (self.line.trace.clone(), self.shared.book.clone());
        self.queue("pair", move |queue| {
            let (answer, trace, book) = (queue.pair(game.clone()), trace.clone(), book.clone());
            async move {
                let pairs = answer.await?;
                for founding in &pairs {
                    let [p1, p2] = [&founding.seats.p1, &founding.seats.p2];
                    let (p1, p2) = (&p1.player.name, &p2.player.name);
                    trace.line(format_args!("paired {p1}, {p2}: {}", short(founding.room)));
                    book.paired(founding, &trace);
                }
                Ok(pairs)
            }
            .boxed()
        })
    }

    fn seat(&self, founding: Founding) -> Answer<Option<RoomId>, Unavailable> {
        self.queue("seat", move |queue| queue.seat(founding.clone()))
    }

    fn seats_of(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, RoomId)>, Unavailable> {
        self.queue("seats of", move |queue| queue.seats_of(players.clone()))
    }

    fn founding(&self, room: RoomId) -> Answer<Option<Founding>, Unavailable> {
        self.queue("founding", move |queue| queue.founding(room))
    }

    fn confirm(&self, room: RoomId) -> Answer<bool, Unavailable> {
        self.queue("confirm", move |queue| queue.confirm(room))
    }

    fn unrecorded(&self, rooms: Vec<RoomId>) -> Answer<Vec<RoomId>, Unavailable> {
        self.queue("unrecorded", move |queue| queue.unrecorded(rooms.clone()))
    }

    fn records(&self, from: Cursor) -> Answer<(Vec<Record>, Cursor), Unavailable> {
        self.queue("records", move |queue| queue.records(from))
    }

    fn free(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        self.queue("free", move |queue| queue.free(room, players.clone()))
    }
}

impl Results for Stores {
    fn record(&self, game: FinishedGame) -> Answer<Recorded, ResultsError> {
        let (recorded, book, trace) =
            (self.shared.recorded.clone(), self.shared.book.clone(), self.line.trace.clone());
        let call = self.line.call::<_, Unavailable>("record", move || {
            book.recorded(&game, &trace);
            let recorded = recorded.record(&game, &trace);
            async move { Ok(recorded) }.boxed()
        });
        call.map(|answer| answer.map_err(|error| ResultsError::Unavailable(error.to_string())))
            .boxed()
    }

    fn note_begun(&self, _: FinishedGame) -> Answer<(), ResultsError> {
        unasked()
    }

    fn unfinished(&self, _: Range<u64>, _: usize) -> Answer<Vec<FinishedGame>, ResultsError> {
        unasked()
    }

    fn totals(&self, _: PlayerId) -> Answer<Totals, ResultsError> {
        unasked()
    }

    fn history(
        &self,
        _: PlayerId,
        _: Option<String>,
        _: usize,
    ) -> Answer<HistoryPage, ResultsError> {
        unasked()
    }

    fn standings(&self, _: Vec<PlayerId>, _: u64) -> Answer<Vec<Standing>, ResultsError> {
        unasked()
    }

    fn all_standings(
        &self,
        _: Option<String>,
        _: u64,
    ) -> Answer<(Vec<Standing>, Option<String>), ResultsError> {
        unasked()
    }
}

/// Nobody asks for results in a simulation.
fn unasked<T: Send + 'static>() -> Answer<T, ResultsError> {
    async { Err(ResultsError::Unavailable("not part of the simulation".to_owned())) }.boxed()
}
