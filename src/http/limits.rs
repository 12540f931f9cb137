//! How many requests an address and a player may make, and how many games they may begin: token buckets
//! in this process.
//!
//! They are above what pages do, also those of a pod that is gone, and below what would keep a pod busy. Several players may
//! share an address, so both grow with the sockets that an address may hold.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use super::places::Neighbourhood;
use crate::ids::PlayerId;
use crate::session::Credit;

/// Requests a second of one player, for long; eight times as many at once.
const BY_PLAYER: u32 = 20;
/// Games that one player may ask for at once, and how often one more: a game that is given up at once
/// costs as much as one that is played.
const GAMES_BY_PLAYER: u32 = 20;
const ONE_MORE_GAME: Duration = Duration::from_secs(2);
/// Changes of name and deletions that a player may ask for at once, and how often one more: they are written
/// down like games.
const CHANGES_BY_PLAYER: u32 = 10;
const ONE_MORE_CHANGE: Duration = Duration::from_secs(5);
/// Upgrades that a connection counts for whose client never answered: whoever is there answers, so one that
/// does not comes from a network that breaks, or from somebody who opens them for nothing.
const MUTE: u32 = 5;
/// The same for one whose client left before it answered: as often as it came. More would keep those away
/// who share an address and gave attempts up, since this pod stood still.
const GONE: u32 = 1;
/// Upgrades at once, however few sockets an address may hold: pages are loaded again.
const FEW_UPGRADES: u32 = 8;
/// How long the last of the upgrades that an address may ask for at once waits for its turn; the first goes
/// at once, and those between wait in proportion. All at once they would keep everybody else on the core
/// waiting. Pages give up after a second, in which a distant one needs several round trips besides.
const LAST_TURN: Duration = Duration::from_millis(250);
/// Keys that are looked through for those at rest, each time so many requests have come.
const TIDY: u32 = 4096;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// REST.
    Request,
    /// Getting a session.
    SignIn,
}

/// Tells how full a bucket still is.
type Upgrades = RateLimiter<
    Neighbourhood,
    DefaultKeyedStateStore<Neighbourhood>,
    DefaultClock,
    StateInformationMiddleware,
>;

/// The buckets of all addresses and players.
pub(super) struct Limits {
    requests: DefaultKeyedRateLimiter<Neighbourhood>,
    upgrades: Upgrades,
    sign_ins: DefaultKeyedRateLimiter<Neighbourhood>,
    players: DefaultKeyedRateLimiter<PlayerId>,
    games: DefaultKeyedRateLimiter<Neighbourhood>,
    games_of_players: DefaultKeyedRateLimiter<PlayerId>,
    changes: DefaultKeyedRateLimiter<PlayerId>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Limits {
    /// For addresses that may hold so many sockets: requests twice as many a second, games a fifth,
    /// upgrades and sign-ins a tenth.
    pub(super) fn new(sockets: u32) -> Self {
        let quota = |a_second: u32, at_once: u32| {
            let some = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
            Quota::per_second(some(a_second)).allow_burst(some(at_once))
        };
        let sockets = sockets.min(u32::MAX / 8);
        Self {
            requests: RateLimiter::keyed(quota(sockets * 2, sockets * 8)),
            // Whoever may hold so many may open them all at once, for a pod may be gone.
            upgrades: RateLimiter::keyed(quota(sockets.div_ceil(10), sockets.max(FEW_UPGRADES)))
                .with_middleware(),
            sign_ins: RateLimiter::keyed(quota(sockets.div_ceil(10), sockets * 2)),
            players: RateLimiter::keyed(quota(BY_PLAYER, BY_PLAYER * 8)),
            games: RateLimiter::keyed(quota(sockets.div_ceil(5), sockets * 4)),
            games_of_players: RateLimiter::keyed(slow(ONE_MORE_GAME, GAMES_BY_PLAYER)),
            changes: RateLimiter::keyed(slow(ONE_MORE_CHANGE, CHANGES_BY_PLAYER)),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Counts a request of an address; `Err`: it has made too many, and may ask again after this.
    pub(super) fn take(&self, kind: Kind, address: IpAddr) -> Result<(), Duration> {
        self.tidy();
        let from = Neighbourhood::of(address);
        let limiter = match kind {
            Kind::Request => &self.requests,
            Kind::SignIn => &self.sign_ins,
        };
        limiter.check_key(&from).map_err(|refused| self.wait(&refused))
    }

    /// Counts a request for a WebSocket. It may be looked at after this time; `Err`: it is one too many, and
    /// the address may ask again after this.
    pub(super) fn take_upgrade(&self, address: IpAddr) -> Result<Duration, Duration> {
        self.tidy();
        let answer = self.upgrades.check_key(&Neighbourhood::of(address));
        let bucket = answer.map_err(|refused| self.wait(&refused))?;
        let at_once = bucket.quota().burst_size().get();
        let before = at_once.saturating_sub(bucket.remaining_burst_capacity()).saturating_sub(1);
        Ok(LAST_TURN * before / at_once)
    }

    /// Counts a request of a player.
    pub(super) fn take_player(&self, player: PlayerId) -> Result<(), Duration> {
        let answer = self.players.check_key(&player);
        answer.map_err(|refused| self.wait(&refused))
    }

    /// Counts a change of a player's account.
    pub(super) fn take_change(&self, player: PlayerId) -> Result<(), Duration> {
        let answer = self.changes.check_key(&player);
        answer.map_err(|refused| self.wait(&refused))
    }

    fn wait(&self, refused: &NotUntil<<DefaultClock as Clock>::Instant>) -> Duration {
        refused.wait_time_from(self.clock.now())
    }

    /// Counts a game that a player wants to begin; `false`: that is one too many for now.
    pub(super) fn take_game(&self, player: PlayerId, address: IpAddr) -> bool {
        self.tidy();
        self.games_of_players.check_key(&player).is_ok()
            && self.games.check_key(&Neighbourhood::of(address)).is_ok()
    }

    /// Counts a connection whose client never answered as so many more of its address.
    fn charge(&self, more: u32, address: IpAddr) {
        let from = Neighbourhood::of(address);
        // Fewer, if there are not so many left.
        let _ = (0..more).take_while(|_| self.upgrades.check_key(&from).is_ok()).count();
    }

    /// What a connection that is to be opened has of it.
    pub(super) fn credit(self: &Arc<Self>, player: PlayerId, address: IpAddr) -> Box<dyn Credit> {
        Box::new(OfConnection { limits: Arc::clone(self), player, address })
    }

    /// A full bucket is as good as none: whoever is at rest is forgotten.
    fn tidy(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            self.requests.retain_recent();
            self.upgrades.retain_recent();
            self.sign_ins.retain_recent();
            self.players.retain_recent();
            self.games.retain_recent();
            self.games_of_players.retain_recent();
            self.changes.retain_recent();
        }
    }

    #[cfg(test)]
    fn known(&self) -> usize {
        let asked = self.requests.len() + self.upgrades.len() + self.sign_ins.len();
        asked
            + self.players.len()
            + self.games.len()
            + self.games_of_players.len()
            + self.changes.len()
    }
}

struct OfConnection {
    limits: Arc<Limits>,
    player: PlayerId,
    address: IpAddr,
}

impl Credit for OfConnection {
    fn take_game(&self) -> bool {
        self.limits.take_game(self.player, self.address)
    }

    fn never_answered(&self) {
        self.limits.charge(MUTE, self.address);
    }

    fn left_at_once(&self) {
        self.limits.charge(GONE, self.address);
    }
}

/// So many at once, and one more each time.
fn slow(one_more: Duration, at_once: u32) -> Quota {
    let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    // There is no quota with a period of nothing.
    Quota::with_period(one_more).unwrap_or(Quota::per_second(at_once)).allow_burst(at_once)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn taken(limits: &Limits, kind: Kind, from: IpAddr) -> u32 {
        (0..10_000).map(|_| u32::from(limits.take(kind, from).is_ok())).sum()
    }

    fn upgrades(limits: &Limits, from: IpAddr) -> u32 {
        (0..10_000).map(|_| u32::from(limits.take_upgrade(from).is_ok())).sum()
    }

    #[test]
    fn an_address_may_ask_so_often_and_others_are_not_concerned() {
        let limits = Limits::new(50);
        let requests = taken(&limits, Kind::Request, address(1));
        assert!((400..1_000).contains(&requests), "{requests}: 400 at once, and 100 a second");
        let upgrades = upgrades(&limits, address(1));
        assert!((50..100).contains(&upgrades), "{upgrades}: 50 at once, and five a second");
        let sign_ins = taken(&limits, Kind::SignIn, address(1));
        assert!((100..150).contains(&sign_ins), "{sign_ins}");
        let wait = limits.take(Kind::SignIn, address(1)).unwrap_err();
        assert!(wait <= Duration::from_millis(200), "{wait:?}: five a second");
        assert!(limits.take(Kind::Request, address(2)).is_ok());
    }

    #[test]
    fn a_player_may_ask_so_often_from_any_address() {
        let limits = Limits::new(50);
        let ada = PlayerId::random();
        let taken: u32 = (0..1_000).map(|_| u32::from(limits.take_player(ada).is_ok())).sum();
        assert!((160..400).contains(&taken), "{taken}");
        assert!(limits.take_player(PlayerId::random()).is_ok());
    }

    #[test]
    fn a_player_and_an_address_may_begin_so_many_games() {
        let limits = Limits::new(50);
        let begun = |player: PlayerId| -> u32 {
            (0..1_000).map(|_| u32::from(limits.take_game(player, address(1)))).sum()
        };
        let ada = begun(PlayerId::random());
        assert!((20..23).contains(&ada), "{ada}: 20 at once, and one in two seconds");
        let others: u32 = (0..100).map(|_| begun(PlayerId::random())).sum();
        assert!((180..300).contains(&others), "{others}: 200 at once, and ten a second");
        assert!(limits.take_game(PlayerId::random(), address(2)));
    }

    #[test]
    fn the_more_upgrades_an_address_asks_for_at_once_the_longer_each_waits() {
        let limits = Limits::new(50);
        let turns: Vec<_> = (0..50).map_while(|_| limits.take_upgrade(address(1)).ok()).collect();
        assert_eq!(turns[0], Duration::ZERO, "one alone does not wait");
        assert!(turns.is_sorted(), "{turns:?}");
        assert_eq!(turns.len(), 50);
        assert!((turns[24]..turns[49]).contains(&(LAST_TURN / 2)), "{turns:?}");
        assert!(turns[49] < LAST_TURN);
        assert_eq!(limits.take_upgrade(address(2)), Ok(Duration::ZERO), "others are not concerned");
    }

    #[test]
    fn clients_that_never_answer_or_leave_at_once_cost_their_address_upgrades() {
        let limits = Arc::new(Limits::new(50));
        let mute = limits.credit(PlayerId::random(), address(1));
        (0..5).for_each(|_| mute.never_answered());
        let left = upgrades(&limits, address(1));
        assert!((25..40).contains(&left), "{left}: five for each of five");
        let gone = limits.credit(PlayerId::random(), address(3));
        (0..10).for_each(|_| gone.left_at_once());
        let left = upgrades(&limits, address(3));
        assert!((40..55).contains(&left), "{left}: one for each of ten");
        (0..5).for_each(|_| mute.never_answered());
        assert!(limits.take(Kind::Request, address(1)).is_ok() && mute.take_game());
        assert!(limits.take_upgrade(address(2)).is_ok());
    }

    #[test]
    fn whoever_is_at_rest_is_forgotten() {
        let limits = Limits::new(1_000_000);
        for number in 0..TIDY * 4 {
            let from = IpAddr::from(Ipv4Addr::from_bits(number));
            assert!(limits.take(Kind::Request, from).is_ok());
        }
        // A bucket that refills at two million a second is full at once.
        assert!(limits.known() <= TIDY as usize, "{}", limits.known());
    }

    #[test]
    fn any_setting_makes_limits() {
        for sockets in [1, u32::MAX] {
            assert!(Limits::new(sockets).take(Kind::SignIn, address(1)).is_ok());
        }
    }
}
