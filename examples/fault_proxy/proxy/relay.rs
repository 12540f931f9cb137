//! One connection: four loops, a reader and a writer each way with a bounded queue between them.
//!
//! An answer gets lost like this: before the call is forwarded, everything on the way back begins
//! to be swallowed; the call is forwarded, then the end of the stream, so that the target carries
//! out all that it was sent; when the target has closed, so is the client's side.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::faults::{Direction, Faults, Shared};

/// Largest piece that is read at once, and how many may wait: together the bound of what is held.
const PIECE: usize = 16 * 1024;
const PIECES: usize = 64;
/// How long the target may take to close after a call whose answer is lost.
const SWALLOW_WITHIN: Duration = Duration::from_secs(5);

struct Piece {
    bytes: Bytes,
    /// When it may go on.
    due: Instant,
    /// A call whose answer must get lost.
    last: bool,
}

/// That the answers of a connection are being swallowed.
#[derive(Default)]
struct Swallow {
    on: AtomicBool,
    began: Notify,
}

/// Carries one connection until it ends, on its own or by a fault.
pub(super) async fn carry(mut client: TcpStream, shared: Arc<Shared>) {
    let counters = &shared.counters;
    counters.accepted.fetch_add(1, Ordering::Relaxed);
    let mut faults = shared.faults.subscribe();
    if faults.borrow_and_update().cut {
        counters.refused.fetch_add(1, Ordering::Relaxed);
        reset(&client);
        return;
    }
    let cuts = faults.borrow().cuts;
    let Ok(mut target) = TcpStream::connect(shared.target).await else {
        reset(&client);
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = target.set_nodelay(true);

    counters.open.fetch_add(1, Ordering::Relaxed);
    let was_cut = tokio::select! {
        _ = faults.wait_for(|now| now.cuts != cuts) => true,
        _ = both_ways(&mut client, &mut target, &shared) => false,
    };
    if was_cut {
        counters.cut_connections.fetch_add(1, Ordering::Relaxed);
        reset(&client);
        reset(&target);
    }
    counters.open.fetch_sub(1, Ordering::Relaxed);
}

/// Lets the socket be reset when it is dropped, and what it holds be thrown away.
fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

async fn both_ways(
    client: &mut TcpStream,
    target: &mut TcpStream,
    shared: &Shared,
) -> io::Result<()> {
    let (from_client, to_client) = client.split();
    let (from_target, to_target) = target.split();
    let swallow = Swallow::default();
    let too_long = async {
        swallow.began.notified().await;
        sleep(SWALLOW_WITHIN).await;
    };
    let up = Way { direction: Direction::Up, shared, swallow: &swallow };
    let down = Way { direction: Direction::Down, shared, swallow: &swallow };
    tokio::select! {
        // The first error, or a cut after so many bytes, ends both.
        ended = async { tokio::try_join!(
            up.carry(from_client, to_target),
            down.carry(from_target, to_client),
        )} => ended.map(|_| ()),
        () = too_long => Ok(()),
    }
}

struct Way<'a> {
    direction: Direction,
    shared: &'a Shared,
    swallow: &'a Swallow,
}

impl Way<'_> {
    async fn carry(&self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> io::Result<()> {
        let (queue, waiting) = mpsc::channel(PIECES);
        tokio::try_join!(self.read(from, queue), self.write(waiting, to))?;
        Ok(())
    }

    async fn read(&self, mut from: ReadHalf<'_>, queue: mpsc::Sender<Piece>) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        loop {
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return Ok(());
            }
            let delay = self.shared.faults.borrow().way(self.direction).delay_ms;
            let piece = Piece {
                bytes: Bytes::copy_from_slice(&buffer[..count]),
                due: Instant::now() + Duration::from_millis(delay),
                last: self.direction == Direction::Up && self.shared.loses_reply(),
            };
            let last = piece.last;
            // What comes after a lost call is never read: its client learns nothing about it.
            if queue.send(piece).await.is_err() || last {
                return Ok(());
            }
        }
    }

    async fn write(
        &self,
        mut waiting: mpsc::Receiver<Piece>,
        mut to: WriteHalf<'_>,
    ) -> io::Result<()> {
        let mut faults = self.shared.faults.subscribe();
        let mut budget = Budget::default();
        while let Some(piece) = waiting.recv().await {
            sleep_until(piece.due).await;
            self.unstalled(&mut faults).await;
            if self.direction == Direction::Down && self.swallow.on.load(Ordering::Relaxed) {
                continue;
            }
            if piece.last {
                self.swallow.on.store(true, Ordering::Relaxed);
                self.swallow.began.notify_one();
            }
            let allowed = budget.allowed(&faults.borrow(), self.direction, piece.bytes.len());
            to.write_all(&piece.bytes[..allowed]).await?;
            self.shared.count_bytes(self.direction, allowed);
            if budget.is_spent() {
                self.shared.counters.cut_connections.fetch_add(1, Ordering::Relaxed);
                return Err(io::Error::other("cut after so many bytes"));
            }
        }
        to.shutdown().await
    }

    async fn unstalled(&self, faults: &mut watch::Receiver<Faults>) {
        // The sender lives as long as the proxy.
        let _ = faults.wait_for(|now| !now.way(self.direction).stalled).await;
    }
}

/// How many bytes a connection may still carry one way.
#[derive(Default)]
struct Budget {
    order: u64,
    left: Option<u64>,
}

impl Budget {
    /// How many of so many bytes may go, counted from the latest order to cut.
    fn allowed(&mut self, faults: &Faults, direction: Direction, bytes: usize) -> usize {
        let way = faults.way(direction);
        if way.cut_after_order != self.order {
            self.order = way.cut_after_order;
            self.left = (way.cut_after > 0).then_some(way.cut_after);
        }
        let Some(left) = &mut self.left else { return bytes };
        let allowed = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes);
        *left -= allowed as u64;
        allowed
    }

    fn is_spent(&self) -> bool {
        self.left == Some(0)
    }
}
