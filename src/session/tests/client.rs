//! A client of one Session, without a socket.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::auth::{Session, SignedOut};
use crate::games::{Catalogue, Settings};
use crate::ids::ConnectionId;
use crate::manager::tests::pod::Pod;
use crate::matchmaking::Profile;
use crate::session::without_socket::{ClientEnd, Said, run};
use crate::session::{Credit, SessionDeps, Upgrade};

/// A client that says what it is told to, and keeps what it hears.
pub(super) struct Client {
    says: UnboundedSender<bytes::Bytes>,
    heard: Arc<Mutex<Vec<String>>>,
    charged: Arc<Charged>,
}

/// What its address was told of it.
#[derive(Default)]
struct Charged {
    never_answered: AtomicBool,
    left_at_once: AtomicBool,
}

/// A credit without end, which keeps what it is told.
struct Seen(Arc<Charged>);

impl Credit for Seen {
    fn take_game(&self) -> bool {
        true
    }

    fn never_answered(&self) {
        once(&self.0.never_answered);
    }

    fn left_at_once(&self) {
        once(&self.0.left_at_once);
    }
}

fn once(charge: &AtomicBool) {
    assert!(!charge.swap(true, Ordering::Relaxed), "once is enough");
}

impl Client {
    /// One that answers pings.
    pub(super) fn of(pod: &Pod, player: Profile) -> Self {
        Self::that_answers(usize::MAX, pod, player)
    }

    /// One that answers so many pings, and then none.
    pub(super) fn that_answers(mut pings: usize, pod: &Pod, player: Profile) -> Self {
        let (says, from_client) = unbounded_channel::<bytes::Bytes>();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let charged = Arc::<Charged>::default();
        let upgrade = Upgrade {
            connection: ConnectionId::random(),
            session: Session::lasting(player),
            credit: Box::new(Seen(charged.clone())),
            place: Box::new(()),
        };
        let deps = SessionDeps {
            manager: pod.manager.clone(),
            signed_out: SignedOut::nobody(),
            catalogue: Arc::new(Catalogue::new(Settings::default())),
            metrics: pod.metrics.clone(),
        };
        let bytes = stream::unfold(from_client, |mut from_client| async {
            from_client.recv().await.map(|bytes| (Ok(bytes), from_client))
        });
        let (answers, hears) = (says.clone(), heard.clone());
        actix::spawn(async move {
            let mut written = std::pin::pin!(run(upgrade, deps, Box::pin(bytes)));
            let mut end = ClientEnd::default();
            while let Some(Ok(bytes)) = written.next().await {
                for said in end.read(&bytes) {
                    match said {
                        Said::Ping(_) if pings == 0 => {}
                        Said::Ping(payload) => {
                            pings -= 1;
                            answers.send(ClientEnd::pong(&payload)).unwrap();
                        }
                        Said::Text(text) => hears.lock().unwrap().push(kind_of(&text)),
                        Said::Close(code) => hears.lock().unwrap().push(format!("{code:?}")),
                    }
                }
            }
        });
        Self { says, heard, charged }
    }

    pub(super) fn says(&self, text: &str) {
        self.says.send(ClientEnd::text(text)).unwrap();
    }

    /// The types of what has come since the last look, and the code it was closed with.
    pub(super) fn hears(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// The goodbye of a page that is left.
    pub(super) fn leaves(&self) {
        self.says.send(ClientEnd::goodbye()).unwrap();
    }

    /// Whether its address was charged for a client that never answered.
    pub(super) fn never_answered(&self) -> bool {
        self.charged.never_answered.load(Ordering::Relaxed)
    }

    /// Whether for one that left before it answered.
    pub(super) fn left_at_once(&self) -> bool {
        self.charged.left_at_once.load(Ordering::Relaxed)
    }
}

fn kind_of(text: &str) -> String {
    let frame: Value = serde_json::from_str(text).unwrap();
    frame["type"].as_str().unwrap().to_owned()
}
