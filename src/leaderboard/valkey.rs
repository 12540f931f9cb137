//! Leaderboards in Valkey: a sorted set for each period, and a hash with what is shown.
//!
//! A place is the time it was reached and the player, and its score the points below zero: so the
//! order of the set is the order of the board, ties included.

use std::time::Duration;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};

use super::{
    Build, LONGEST, Leaderboard, LeaderboardPage, NEIGHBOURS, Period, Query, Ranked, Rebuildable,
    Standing,
};
use crate::cluster::valkey::{Call, Reply, scripts};
use crate::cluster::{Answer, Unavailable, Valkey};
use crate::ids::PlayerId;
use crate::results::PlayerProfile;
use crate::wall_clock;

/// How long the board of a week is kept after its last game.
const WEEK_IS_KEPT: Duration = Duration::from_secs(15 * 24 * 60 * 60);

/// In milliseconds.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// A build of which nothing was heard for so long has been given up.
const A_BUILD_IS_KEPT: Duration = Duration::from_secs(30);

/// Standings that are set in one call, so that none holds the server up.
const AT_ONCE: usize = 200;

/// Leaderboards in Valkey. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct ValkeyLeaderboard {
    valkey: Valkey,
}

/// A standing as it is stored. The script adds its place.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    points: u64,
    games: u64,
    wins: u64,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    shown_at: u64,
}

impl ValkeyLeaderboard {
    /// The leaderboards in this Valkey.
    pub fn new(valkey: Valkey) -> Self {
        Self { valkey }
    }

    fn call(&self, script: &'static scripts::Script, period: Period) -> Call {
        let keys = self.valkey.keys();
        Call::script(script).key(keys.places(period)).key(keys.standings(period))
    }

    /// A script about a build.
    fn build(&self, script: &'static scripts::Script, build: Build) -> Call {
        let keys = self.valkey.keys();
        let life = u64::try_from(A_BUILD_IS_KEPT.as_millis()).unwrap_or(u64::MAX);
        Call::script(script)
            .key(keys.boards_are_whole())
            .key(keys.boards_are_built())
            .arg(build.to_string())
            .number(life)
    }

    fn yes_or_no(&self, name: &'static str, call: Call) -> Answer<bool, Unavailable> {
        let this = self.clone();
        async move {
            let mut reply = Reply::some(name, this.valkey.run_durably(call).await?)?;
            Ok(reply.parse::<u8>("answer")? == 1)
        }
        .boxed()
    }

    /// Of one period.
    async fn keep(&self, period: Period, standings: &[Standing]) -> Result<(), Unavailable> {
        let life = match period {
            Period::AllTime => Duration::ZERO,
            Period::Week(_) => WEEK_IS_KEPT,
        };
        let life = u64::try_from(life.as_millis()).unwrap_or(u64::MAX);
        for some in standings.chunks(AT_ONCE) {
            let mut call = self.call(&scripts::BOARD_SET, period).number(life);
            for standing in some {
                let player = standing.player.id;
                call = call
                    .arg(player.to_string())
                    .arg(format!("{:016}:{player}", standing.reached_at))
                    .arg(stored(standing)?);
            }
            // Lost with a primary, it would be missing until the player's next game.
            self.valkey.run_durably(call).await?;
        }
        Ok(())
    }

    async fn ask(&self, query: Query) -> Result<LeaderboardPage, Unavailable> {
        let Query { board, now, limit, me } = query;
        let period = Period::of(board, now)
            .ok_or_else(|| Unavailable("the time is beyond the calendar".to_owned()))?;
        let call = self
            .call(&scripts::BOARD_PAGE, period)
            .number(limit.clamp(1, LONGEST) as u64)
            .number(NEIGHBOURS as u64)
            .arg(me.map(|me| me.to_string()).unwrap_or_default());
        let mut reply = Reply::some("board_page", self.valkey.run(call).await?)?;
        let top: u64 = reply.parse("number")?;
        let around: u64 = reply.parse("number")?;
        let first: u64 = reply.parse("number")?;
        let entries = ranked(&mut reply, 0, top)?;
        let around = ranked(&mut reply, first, around)?;
        let me = around.iter().find(|ranked| Some(ranked.player.id) == me).cloned();
        Ok(LeaderboardPage { board, entries, me, around })
    }
}

impl Leaderboard for ValkeyLeaderboard {
    fn set(&self, mut standings: Vec<Standing>) -> Answer<(), Unavailable> {
        let this = self.clone();
        async move {
            standings.sort_by_key(|standing| standing.period);
            for some in standings.chunk_by(|a, b| a.period == b.period) {
                this.keep(some[0].period, some).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn remove(&self, player: PlayerId) -> Answer<(), Unavailable> {
        let this = self.clone();
        async move {
            for period in kept_periods(wall_clock::millis()) {
                let call = this.call(&scripts::BOARD_REMOVE, period).arg(player.to_string());
                this.valkey.run_durably(call).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn page(&self, query: Query) -> Answer<LeaderboardPage, Unavailable> {
        let this = self.clone();
        async move { this.ask(query).await }.boxed()
    }
}

impl Rebuildable for ValkeyLeaderboard {
    fn is_whole(&self) -> Answer<bool, Unavailable> {
        let call = Call::command("EXISTS").key(self.valkey.keys().boards_are_whole());
        self.yes_or_no("EXISTS", call)
    }

    fn begin(&self, build: Build, anew: bool) -> Answer<bool, Unavailable> {
        let keys = self.valkey.keys();
        let mut call = self.build(&scripts::BOARD_BEGIN, build).arg(if anew { "anew" } else { "" });
        let week = Period::week_of(wall_clock::millis());
        for period in [Some(Period::AllTime), week].into_iter().flatten() {
            call = call.key(keys.places(period)).key(keys.standings(period));
        }
        self.yes_or_no("board_begin", call)
    }

    fn go_on(&self, build: Build) -> Answer<bool, Unavailable> {
        let call = self.build(&scripts::BOARD_GO_ON, build).arg("");
        self.yes_or_no("board_go_on", call)
    }

    fn finish(&self, build: Build) -> Answer<bool, Unavailable> {
        let call = self.build(&scripts::BOARD_GO_ON, build).arg("finish");
        self.yes_or_no("board_go_on", call)
    }
}

/// All time, and the weeks whose boards are still kept.
fn kept_periods(now: u64) -> impl Iterator<Item = Period> {
    let life = u64::try_from(WEEK_IS_KEPT.as_millis()).unwrap_or(u64::MAX);
    let weeks = (0..=life.div_ceil(WEEK))
        .filter_map(move |back| Period::week_of(now.checked_sub(back * WEEK)?));
    std::iter::once(Period::AllTime).chain(weeks)
}

fn stored(standing: &Standing) -> Result<String, Unavailable> {
    let PlayerProfile { name, picture, .. } = standing.player.clone();
    let Standing { points, games, wins, shown_at, .. } = *standing;
    serde_json::to_string(&Stored { points, games, wins, name, picture, shown_at })
        .map_err(|error| Unavailable(error.to_string()))
}

fn ranked(reply: &mut Reply, first: u64, count: u64) -> Result<Vec<Ranked>, Unavailable> {
    let mut list = Vec::new();
    for rank in (first + 1..).take(usize::try_from(count).unwrap_or(usize::MAX)) {
        let id: PlayerId = reply.parse("player")?;
        let text = reply.text("standing")?;
        let Ok(Stored { points, games, wins, name, picture, .. }) = serde_json::from_str(&text)
        else {
            return Err(reply.bad("standing").into());
        };
        let player = PlayerProfile { id, name, picture };
        list.push(Ranked { rank, player, points, games, wins });
    }
    Ok(list)
}
