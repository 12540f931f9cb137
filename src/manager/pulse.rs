//! The pod's own heartbeat, what the others say with theirs, and what to do when the store is away.

use std::time::Duration;

use actix::{AsyncContext, Context, Handler, Message};
use tokio::time::Instant;

use super::GameManager;
use super::messages::Notice;
use crate::cluster::{LivingPod, Unavailable};
use crate::ids::{Generation, PlayerId};

/// How often the heartbeat is renewed.
const BEAT: Duration = Duration::from_millis(200);
/// A pod without the store for so long sends its players on: another pod may still have it.
const AWAY: Duration = Duration::from_secs(2);
/// How often the connections of this pod are compared with the directory of players.
const COMPARE: Duration = Duration::from_secs(20);
/// How soon again, when somebody seems to have a newer connection.
const COMPARE_AGAIN: Duration = Duration::from_secs(2);
/// Players that are compared with one call.
const COMPARE_AT_ONCE: usize = 500;

/// From this actor to itself, through its mailbox: a manager that is stuck does not beat, and looks
/// dead to the others.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
struct Beat;

/// Where the heartbeat stands.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// A heartbeat is on its way.
    beating: bool,
    /// The store is away, and the players have been sent on.
    sent_on: bool,
}

impl GameManager {
    pub(super) fn start_pulse(&mut self, ctx: &mut Context<Self>) {
        ctx.run_interval(BEAT, |_, ctx| {
            // Full: then this pod is stuck, and had better look like it.
            let _ = ctx.address().try_send(Beat);
        });
        ctx.run_interval(Duration::from_secs(1), Self::look_at_pods);
        ctx.run_interval(COMPARE, Self::compare_connections);
    }

    fn look_at_pods(&mut self, ctx: &mut Context<Self>) {
        let living = self.deps.pods.living();
        self.ask(ctx, living, |manager, living, _| manager.on_living(living));
    }

    fn on_living(&mut self, living: Result<Vec<LivingPod>, Unavailable>) {
        let Ok(living) = living else { return };
        let room = &self.deps.room;
        if living.iter().all(|pod| pod.said.pod != room.host) {
            // Not a list to agree upon: this pod lives, and is not on it.
            return;
        }
        room.vitals.set_accompanied(living.len() > 1);
        room.metrics.pods.set(i64::try_from(living.len()).unwrap_or(i64::MAX));
        room.format.agree(living.iter().map(|pod| pod.said.snapshots.as_slice()));
    }

    /// The poll behind [`Hint::Replaced`](crate::room::remote::Hint::Replaced), which also keeps the
    /// entries of the directory alive.
    fn compare_connections(&mut self, ctx: &mut Context<Self>) {
        let players: Vec<PlayerId> = self.connections.keys().copied().collect();
        for some in players.chunks(COMPARE_AT_ONCE) {
            self.compare(some.to_vec(), ctx);
        }
    }

    fn compare(&self, players: Vec<PlayerId>, ctx: &mut Context<Self>) {
        let newest = self.deps.room.players.newest(players.clone());
        self.ask(ctx, newest, move |manager, newest, ctx| {
            let Ok(newest) = newest else { return manager.forget_doubts(&players) };
            let mut doubted = Vec::new();
            for (player, generation) in newest {
                if manager.on_newer_in_lobby(player, generation) {
                    doubted.push(player);
                }
            }
            if !doubted.is_empty() {
                ctx.run_later(COMPARE_AGAIN, |manager, ctx| manager.compare(doubted, ctx));
            }
        });
    }

    /// A look that has failed does not count as one of two.
    fn forget_doubts(&mut self, players: &[PlayerId]) {
        for player in players {
            if let Some(known) = self.connections.get_mut(player) {
                known.outdated = false;
            }
        }
    }

    /// Who plays is left to the room, which shuts out older connections as soon as a newer one
    /// attaches. The directory may know of a newer one that ended before it ever was. Whether another
    /// look is needed.
    fn on_newer_in_lobby(&mut self, player: PlayerId, generation: Generation) -> bool {
        let Some(known) = self.connections.get_mut(&player) else { return false };
        let outdated = !known.plays_in(&self.rooms) && generation > known.generation;
        // A room that moves from pod to pod is unknown here for moments: one look is not enough.
        let before = std::mem::replace(&mut known.outdated, outdated);
        if outdated && before {
            self.on_newer(player, generation);
        }
        outdated && !before
    }

    /// Once, when the store has been away for too long. Who comes back meanwhile waits here.
    fn look_at_store(&mut self) {
        let away = self.deps.room.vitals.last_reached().is_some_and(|at| at.elapsed() > AWAY);
        if !away {
            self.pulse.sent_on = false;
        } else if !std::mem::replace(&mut self.pulse.sent_on, true) {
            tracing::error!(
                players = self.connections.len(),
                "the store is away: players are sent on"
            );
            for known in self.connections.values() {
                known.tell(Notice::GoingAway);
            }
        }
    }
}

impl Handler<Beat> for GameManager {
    type Result = ();

    fn handle(&mut self, _: Beat, ctx: &mut Context<Self>) {
        if self.has_left() {
            return;
        }
        self.look_at_store();
        if std::mem::replace(&mut self.pulse.beating, true) {
            return;
        }
        let sent = Instant::now();
        let beat = self.deps.pods.beat(self.deps.heartbeat.clone());
        self.ask(ctx, beat, move |manager, answer, _| {
            manager.pulse.beating = false;
            match answer {
                Ok(()) => manager.deps.room.vitals.renewed(sent),
                Err(error) => tracing::warn!(%error, "the heartbeat could not be renewed"),
            }
        });
    }
}
