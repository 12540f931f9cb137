//! The directory of players in Valkey: a hash for each, in whatever slot it falls.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::ValkeyStore;
use super::call::Call;
use super::reply::Reply;
use super::rooms::millis;
use super::scripts;
use crate::cluster::{Answer, Arrival, KEEP_PLAYER, Players, Unavailable};
use crate::ids::{Generation, PlayerId, PodId, RoomId};

/// How much later than its deadline an arrival that is under way may still count.
const LATE: Duration = Duration::from_millis(200);

/// Calls under way at once when many players are asked for.
const AT_ONCE: usize = 64;

impl Players for ValkeyStore {
    fn arrive(&self, player: PlayerId, pod: PodId) -> Answer<Arrival, Unavailable> {
        let store = self.clone();
        async move {
            let key = store.valkey.keys().player(player);
            // A call that is held up on its way may run long after nobody waits for it any more.
            let asked = store.clock_at(key.clone()).await?;
            let call = Call::script(&scripts::ARRIVE)
                .key(key)
                .arg(pod.to_string())
                .number(millis(KEEP_PLAYER))
                .number(asked)
                .number(millis(store.valkey.settings().deadline() + LATE));
            let mut reply = Reply::some("arrive", store.valkey.run(call).await?)?;
            let generation = Generation(reply.parse("generation")?);
            // What somebody else has written there must not keep the player out.
            let last_room = reply.maybe("room").unwrap_or_default();
            let pod_before = reply.maybe("pod").unwrap_or_default();
            Ok(Arrival { generation, last_room, pod_before })
        }
        .boxed()
    }

    fn newest(&self, players: Vec<PlayerId>) -> Answer<Vec<(PlayerId, Generation)>, Unavailable> {
        let store = self.clone();
        async move {
            let newest = stream::iter(players.into_iter().map(|player| store.newest_of(player)));
            newest
                .buffered(AT_ONCE)
                .try_filter_map(|known| async move { Ok(known) })
                .try_collect()
                .await
        }
        .boxed()
    }

    fn seated(&self, room: RoomId, players: Vec<PlayerId>) -> Answer<(), Unavailable> {
        let store = self.clone();
        async move {
            let sit = |player| {
                let call = Call::script(&scripts::SIT)
                    .key(store.valkey.keys().player(player))
                    .arg(room.to_string())
                    .number(millis(KEEP_PLAYER));
                store.send(call)
            };
            stream::iter(players.into_iter().map(sit)).buffered(AT_ONCE).try_collect().await
        }
        .boxed()
    }

    fn leave_behind(&self, player: PlayerId, room: RoomId) -> Answer<(), Unavailable> {
        let call = Call::script(&scripts::LEAVE_BEHIND)
            .key(self.valkey.keys().player(player))
            .arg(room.to_string())
            .number(millis(KEEP_PLAYER));
        self.send(call)
    }
}

impl ValkeyStore {
    /// The clock that sign-outs are kept by, in milliseconds.
    pub(crate) async fn clock(&self) -> Result<u64, Unavailable> {
        self.clock_at(self.valkey.keys().sign_outs()).await
    }

    /// The clock of the server that has this key, in milliseconds. Those of a cluster differ.
    pub(super) async fn clock_at(&self, key: String) -> Result<u64, Unavailable> {
        let answer = self.valkey.run(Call::script(&scripts::TIME).key(key)).await?;
        Ok(Reply::some("time", answer)?.parse("time")?)
    }

    /// `None`, too, for a generation that cannot be read: that player is not compared.
    fn newest_of(&self, player: PlayerId) -> Answer<Option<(PlayerId, Generation)>, Unavailable> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::NEWEST)
                .key(store.valkey.keys().player(player))
                .number(millis(KEEP_PLAYER));
            let Some(mut reply) = Reply::read("newest", store.valkey.run(call).await?)? else {
                return Ok(None);
            };
            let generation = reply.parse("generation").inspect_err(|error| {
                tracing::debug!(%player, %error, "a generation is skipped");
            });
            Ok(generation.ok().map(|generation| (player, Generation(generation))))
        }
        .boxed()
    }
}
