//! The directory of players in Valkey: a hash for each, in whatever slot it falls.

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::ValkeyStore;
use super::call::Call;
use super::reply::Reply;
use super::rooms::millis;
use super::scripts;
use crate::cluster::{Answer, Arrival, KEEP_PLAYER, Players, Unavailable};
use crate::ids::{Generation, PlayerId, PodId, RoomId};

/// Calls under way at once when many players are asked for.
const AT_ONCE: usize = 64;

impl Players for ValkeyStore {
    fn arrive(&self, player: PlayerId, pod: PodId) -> Answer<Arrival, Unavailable> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::ARRIVE)
                .key(store.valkey.keys().player(player))
                .arg(pod.to_string())
                .number(millis(KEEP_PLAYER));
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
    fn newest_of(&self, player: PlayerId) -> Answer<Option<(PlayerId, Generation)>, Unavailable> {
        let store = self.clone();
        async move {
            let call = Call::script(&scripts::NEWEST)
                .key(store.valkey.keys().player(player))
                .number(millis(KEEP_PLAYER));
            match Reply::read("newest", store.valkey.run(call).await?)? {
                None => Ok(None),
                Some(mut reply) => Ok(Some((player, Generation(reply.parse("generation")?)))),
            }
        }
        .boxed()
    }
}
