//! One pod of a simulation: real actors, on tasks that only this pod has.
//!
//! All that a pod does happens in its own set of tasks. While the set is not polled, the pod is
//! frozen as by `SIGSTOP`: its timers ring, and nobody answers. When it is dropped, the pod is dead
//! as by `kill -9`: the last words of its actors reach nobody, because its ways out are closed
//! first. Couriers alone live elsewhere (they are started on a thread of actix); they do nothing but
//! put on the bus what a room says, and die with the pod.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use actix::{Actor, Addr};
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::timeout;

use super::agenda::{Event, Turn};
use super::bus::{Ear, FaultyBus, Letterbox, deliver};
use super::line::Line;
use super::post::Post;
use super::stores::{Shared, Stores};
use crate::auth::{Session, SignedOut};
use crate::cluster::{Heartbeat, MemoryBus};
use crate::games::{Catalogue, Settings, cookie};
use crate::ids::{ConnectionId, PodId};
use crate::manager::{Drain, GameManager, ManagerDeps, Reopen};
use crate::matchmaking::Profile;
use crate::results::{Recorder, RecorderHandle, RecorderPorts, RecorderSettings};
use crate::room::remote::{Switchboard, Vitals};
use crate::room::{Patience, RoomDeps, snapshot};
use crate::session::without_socket::{ClientEnd, Said, Unlimited};
use crate::session::{SessionDeps, Upgrade, without_socket};
use crate::telemetry::Metrics;

/// What a client sends.
pub(super) type FromClient = mpsc::UnboundedReceiver<Result<Bytes, PayloadError>>;

/// How long the drain waits for the balancer to notice.
const DRAIN_DELAY: Duration = Duration::from_millis(200);

/// The rules of every game of a simulation: short, so that many are played.
pub(super) const RULES: cookie::Settings = cookie::Settings {
    countdown_ms: 500,
    duration_ms: 3_500,
    cookie_min_ms: 600,
    cookie_max_ms: 1_500,
    bonus_ms: 800,
    click_rate: 20,
    click_burst: 60,
};

/// How long a seat may be empty.
const GRACE: Duration = Duration::from_secs(3);

/// One pod.
pub(super) struct Pod {
    pub(super) id: PodId,
    pub(super) line: Line,
    /// How often a pod was started in its place.
    pub(super) start: u32,
    tasks: LocalSet,
    sessions: SessionDeps,
    manager: Addr<GameManager>,
    to_recorder: RecorderHandle,
    ready: Arc<AtomicBool>,
    frozen: bool,
}

impl Pod {
    /// Starts a pod.
    pub(super) fn start(
        start: u32,
        line: Line,
        shared: &Shared,
        bus: &MemoryBus,
        metrics: &Metrics,
    ) -> Self {
        let id = PodId::random();
        let tasks = LocalSet::new();
        let stores = Arc::new(Stores { line: line.clone(), shared: shared.clone() });
        let ports = RecorderPorts {
            outbox: stores.clone(),
            results: stores.clone(),
            boards: None,
            rooms: stores.clone(),
            matchmaking: stores.clone(),
        };
        let (recorder, to_recorder) =
            Recorder::new(ports, metrics.clone(), RecorderSettings::default());
        let catalogue = Arc::new(Catalogue::new(Settings { cookie: RULES }));
        let switchboard = Arc::new(Switchboard::new(catalogue.clone()));
        let (inbox, mail) = Letterbox::new();
        let joined = bus.join(id, Arc::new(Ear { line: line.clone(), inbox }));
        switchboard.connect(Arc::new(FaultyBus::new(line.clone(), Arc::new(joined))));
        tasks.spawn_local(deliver(mail, switchboard.clone()));
        tasks.spawn_local(recorder.run());
        let nudge = to_recorder.clone();
        let room = RoomDeps {
            host: id,
            rooms: stores.clone(),
            matchmaking: stores.clone(),
            players: stores.clone(),
            vitals: Vitals::new(stores.clone()),
            switchboard,
            format: snapshot::Format::default(),
            wake_recorder: Box::new(move || nudge.nudge()),
            note_begun: Box::new(|_| {}),
            patience: Patience { grace: GRACE, ..Patience::default() },
            metrics: metrics.clone(),
        };
        let address = line.name.to_string();
        let deps = ManagerDeps {
            pods: stores,
            heartbeat: Heartbeat {
                pod: id,
                address,
                snapshots: snapshot::READABLE.to_vec(),
                bus: vec![1],
            },
            catalogue: catalogue.clone(),
            room: Arc::new(room),
            threads: Arc::default(),
        };
        let manager = {
            let _inside = tasks.enter();
            GameManager::new(deps).start()
        };
        let ready = Arc::new(AtomicBool::new(false));
        tasks.spawn_local(get_ready(manager.clone(), line.clone(), shared.clone(), ready.clone()));
        let sessions = SessionDeps {
            manager: manager.clone(),
            signed_out: SignedOut::nobody(),
            catalogue,
            metrics: metrics.clone(),
        };
        Self { id, line, start, tasks, sessions, manager, to_recorder, ready, frozen: false }
    }

    /// Lets it work, if it is not frozen.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        if !self.frozen {
            let _: Poll<()> = Pin::new(&mut self.tasks).poll(cx);
        }
    }

    /// Freezes it, or lets it go on.
    pub(super) fn freeze(&mut self, frozen: bool) {
        self.frozen = frozen;
    }

    pub(super) fn is_well(&self) -> bool {
        !self.frozen && self.line.is_well() && self.is_ready()
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// A client has connected.
    pub(super) fn serve(&self, player: Profile, from_client: FromClient, post: Post) {
        let deps = self.sessions.clone();
        self.tasks.spawn_local(serve(player, from_client, deps, post));
    }

    /// Everything is given up in order, as on `SIGTERM`; at the end it says so.
    pub(super) fn drain(&self, place: usize) {
        self.ready.store(false, Ordering::Relaxed);
        let (manager, recorder) = (self.manager.clone(), self.to_recorder.clone());
        let (agenda, start) = (self.line.agenda.clone(), self.start);
        self.tasks.spawn_local(async move {
            tokio::time::sleep(DRAIN_DELAY).await;
            let _ = timeout(Duration::from_secs(10), manager.send(Drain)).await;
            recorder.stop();
            // What the recorder has in hand.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = tokio::time::Instant::now();
            agenda.put(now, Event::Turn(Turn::Drained(place, start)));
        });
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        self.line.die();
    }
}

/// A pod alone hosts what the one before it left on its disk; one of many is ready at once.
async fn get_ready(manager: Addr<GameManager>, line: Line, shared: Shared, ready: Arc<AtomicBool>) {
    if line.weather.pods == 1 {
        let open = shared.store.open_rooms().await.unwrap_or_default();
        let _ = manager.send(Reopen(open)).await;
    }
    ready.store(true, Ordering::Relaxed);
}

/// One connection, from its upgrade to its end.
async fn serve(player: Profile, from_client: FromClient, deps: SessionDeps, mut post: Post) {
    let upgrade = Upgrade {
        connection: ConnectionId::random(),
        session: Session::lasting(player),
        credit: Box::new(Unlimited),
        place: Box::new(()),
    };
    let bytes = stream::unfold(from_client, |mut from_client| async {
        from_client.recv().await.map(|bytes| (bytes, from_client))
    });
    let mut written = std::pin::pin!(without_socket::run(upgrade, deps, Box::pin(bytes)));
    let mut end = ClientEnd::default();
    while let Some(Ok(bytes)) = written.next().await {
        post.has_room().await;
        for said in end.read(&bytes) {
            match said {
                Said::Text(text) => post.text(&text),
                Said::Ping(payload) => post.ping(payload),
                Said::Close(code) => post.closed(code),
            }
        }
    }
    post.broken();
}
