//! The handle to Valkey: sends calls where they belong, and gives each an end.
//!
//! A call that fails may have been done or not, unless the server has said that it was not; only
//! then is it sent again. Whoever calls must be ready to say the same thing twice.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{RedisError, RedisResult, ServerErrorKind, Value};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::call::{Call, Form, pipeline};
use super::keys::Keys;
use super::lanes::{Lane, Lanes};
use super::settings::{Address, ValkeySettings};
use super::slots::{redirect, slot_of};
use super::topology::Topology;
use crate::cluster::Unavailable;

/// How long replicas may take to confirm. An idle server notices the end of such a wait up to 100 ms
/// late, and the answer shall still arrive in time.
const WAIT_MILLIS: u64 = 150;

/// The pause before a call that a server could not take is sent again.
const PAUSE: Duration = Duration::from_millis(20);

/// A handle to Valkey. Cloning gives another one to the same connections.
#[derive(Clone)]
pub struct Valkey {
    shared: Arc<Shared>,
    lanes: Arc<Lanes>,
}

struct Shared {
    settings: ValkeySettings,
    keys: Keys,
    topology: Topology,
    /// Where connections are served: that of `connect`, which outlives whoever calls.
    runtime: Handle,
}

/// A call that was done.
pub(crate) struct Done {
    /// What the server answered.
    pub(crate) answer: Value,
    /// Whether as many replicas have it as the settings say.
    pub(crate) confirmed: Result<(), Unavailable>,
}

/// What to do after an error.
enum Next {
    /// The script is not known there: send its text.
    SendText,
    /// Not done: the slot is served there.
    Moved(u16, Address),
    /// Not done: this once, ask there.
    Ask(Address),
    /// Not done: the server cannot now.
    Later,
    /// Not done, and the server never will: it is not the primary.
    Replica,
    /// Whether it was done is unknown.
    Unknown,
    /// Not done: the login failed, or the connection is of no use for another reason.
    Unusable,
    /// The server has refused it.
    Refused,
}

impl Valkey {
    pub(super) fn new(settings: ValkeySettings, topology: Topology, lanes: Lanes) -> Self {
        let keys = Keys::new(settings.prefix());
        let runtime = Handle::current();
        let shared = Shared { settings, keys, topology, runtime };
        Self { shared: Arc::new(shared), lanes: Arc::new(lanes) }
    }

    /// A handle with connections of its own.
    pub(crate) fn apart(&self) -> Self {
        Self { shared: self.shared.clone(), lanes: Arc::default() }
    }

    /// How keys and channels are spelled here.
    pub(crate) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// What this was connected with.
    pub(super) fn settings(&self) -> &ValkeySettings {
        &self.shared.settings
    }

    /// Whether the servers are a cluster.
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.shared.topology, Topology::Cluster(_))
    }

    /// Every known server: the one, or the nodes of the cluster with its replicas.
    pub(crate) fn nodes(&self) -> Vec<Address> {
        self.shared.topology.nodes()
    }

    /// Every server that takes writes.
    pub(super) fn primaries(&self) -> Vec<Address> {
        self.shared.topology.primaries()
    }

    /// A client of one server, for who needs connections of another kind.
    pub(crate) fn client(&self, node: &Address) -> Result<redis::Client, Unavailable> {
        self.shared.settings.client(node).map_err(|error| Unavailable(error.to_string()))
    }

    /// Sends a call.
    ///
    /// # Errors
    /// When it is not answered within 300 ms or refused: it may have been done, now or later.
    pub(crate) async fn run(&self, call: Call) -> Result<Value, Unavailable> {
        self.in_time(call, Lane::Ordinary).await.map(|done| done.answer)
    }

    /// Sends a call that counts only when as many replicas have it as the settings say. What was
    /// done on such a call's key before is confirmed with it, if the call writes anything itself.
    ///
    /// # Errors
    /// As [`run`](Self::run), and when too few replicas confirm in time: it is done then, but may
    /// be lost with the primary.
    pub(crate) async fn run_durably(&self, call: Call) -> Result<Value, Unavailable> {
        let done = self.run_and_wait(call).await?;
        done.confirmed.map(|()| done.answer)
    }

    /// As [`run_durably`](Self::run_durably), for who needs the answer even when nobody confirms:
    /// a refusal stands without.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn run_and_wait(&self, call: Call) -> Result<Done, Unavailable> {
        let lane = match self.shared.settings.wait_replicas() {
            0 => Lane::Ordinary,
            _ => Lane::durable(call.first_key()),
        };
        self.in_time(call, lane).await
    }

    /// A task of its own, where the connections are served: those outlive the caller's thread.
    async fn in_time(&self, call: Call, lane: Lane) -> Result<Done, Unavailable> {
        let this = self.clone();
        let name = call.name();
        let task = self.shared.runtime.spawn(async move {
            let deadline = this.shared.settings.deadline();
            let answer = timeout(deadline, this.until_done(&call, lane)).await;
            answer.unwrap_or_else(|_| {
                this.look_again();
                // The server would work through all that waits on such a lane, one wait for
                // replicas after the other. It drops it with the connection.
                this.lanes.forget_durable(lane);
                let millis = deadline.as_millis();
                Err(Unavailable(format!("{name}: no answer from Valkey in {millis} ms")))
            })
        });
        task.await.unwrap_or_else(|error| Err(Unavailable(format!("{name}: {error}"))))
    }

    async fn until_done(&self, call: &Call, lane: Lane) -> Result<Done, Unavailable> {
        let slot = slot_of(call.first_key());
        let mut form = Form::Hash;
        let mut ask = None;
        let mut redirects = 0_u32;
        loop {
            let asking = ask.is_some();
            let Some(node) = ask.take().or_else(|| self.shared.topology.primary(slot)) else {
                self.look_again();
                sleep(PAUSE).await;
                continue;
            };
            let error = match self.once(call, form, &node, (lane, asking)).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let next = next(&error, &node);
            if matches!(next, Next::Moved(..) | Next::Ask(_)) {
                redirects += 1;
                // Two nodes that send to each other are asked again at leisure.
                if redirects > 1 {
                    sleep(PAUSE).await;
                }
            }
            match next {
                Next::SendText => form = Form::Text,
                Next::Moved(slot, to) => self.has_moved(slot, to),
                Next::Ask(to) => ask = Some(to),
                Next::Later => {
                    self.look_again();
                    sleep(PAUSE).await;
                }
                Next::Replica => {
                    self.leave(&node);
                    sleep(PAUSE).await;
                }
                outcome @ (Next::Unknown | Next::Unusable | Next::Refused) => {
                    if !matches!(outcome, Next::Refused) {
                        self.look_again();
                    }
                    if matches!(outcome, Next::Unusable) {
                        self.lanes.forget(&node);
                    }
                    return Err(Unavailable(format!("{}: {error}", call.name())));
                }
            }
        }
    }

    async fn once(
        &self,
        call: &Call,
        form: Form,
        node: &Address,
        (lane, asking): (Lane, bool),
    ) -> RedisResult<Done> {
        let mut connection = self.lanes.get(&self.shared.settings, node, lane)?;
        let cmd = call.pack(form);
        if lane == Lane::Ordinary && !asking {
            let answer = connection.req_packed_command(&cmd).await?.extract_error()?;
            return Ok(Done { answer, confirmed: Ok(()) });
        }
        let replicas = self.shared.settings.wait_replicas();
        let wait = (lane != Lane::Ordinary).then_some((replicas, WAIT_MILLIS));
        let pipeline = pipeline(cmd, asking, wait);
        let mut values = connection.req_packed_commands(&pipeline, 0, pipeline.len()).await?;
        let counted = wait.and_then(|_| values.pop());
        let answer = values.pop().unwrap_or(Value::Nil).extract_error()?;
        let confirmed = match counted {
            None => Ok(()),
            Some(Value::Int(count)) if count >= i64::from(replicas) => Ok(()),
            Some(short) => {
                let name = call.name();
                let why = format!("{name}: done, but replicas that confirm are missing: {short:?}");
                Err(Unavailable(why))
            }
        };
        Ok(Done { answer, confirmed })
    }

    fn has_moved(&self, slot: u16, to: Address) {
        if let Topology::Cluster(cluster) = &self.shared.topology {
            cluster.has_moved(slot, to);
        }
        self.look_again();
    }

    /// A server turned out not to be the primary. A cluster knows who is; the name of a single
    /// server may point elsewhere by now.
    fn leave(&self, node: &Address) {
        match &self.shared.topology {
            Topology::Cluster(_) => self.look_again(),
            Topology::One(_) => self.lanes.forget(node),
        }
    }

    /// Has the cluster's slots looked up again, in the background.
    fn look_again(&self) {
        if let Topology::Cluster(_) = &self.shared.topology {
            let this = self.clone();
            self.shared.runtime.spawn(async move {
                if let Topology::Cluster(cluster) = &this.shared.topology {
                    cluster.refresh(&this.shared.settings, &this.lanes).await;
                }
            });
        }
    }
}

fn next(error: &RedisError, node: &Address) -> Next {
    let kind = match error.kind() {
        redis::ErrorKind::Server(kind) => kind,
        redis::ErrorKind::Extension => return Next::Refused,
        redis::ErrorKind::Io => return Next::Unknown,
        _ => return Next::Unusable,
    };
    let there = || redirect(error.detail().unwrap_or_default(), node);
    match kind {
        ServerErrorKind::NoScript => Next::SendText,
        ServerErrorKind::Moved => there().map_or(Next::Later, |(slot, to)| Next::Moved(slot, to)),
        ServerErrorKind::Ask => there().map_or(Next::Later, |(_, to)| Next::Ask(to)),
        ServerErrorKind::TryAgain
        | ServerErrorKind::ClusterDown
        | ServerErrorKind::MasterDown
        | ServerErrorKind::BusyLoading => Next::Later,
        ServerErrorKind::ReadOnly => Next::Replica,
        _ => Next::Refused,
    }
}
