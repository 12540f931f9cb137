//! What people do beside playing: they leave, drop, come back, open the page twice, give up.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::line::Line;
use super::{Act, Client, Goal, LEAVE_QUEUE, Lobby, QUIT_GAME};

/// How clients of one simulation behave.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
    /// Clicks a second.
    pub(crate) rate: f64,
    /// The share of games in which golden cookies are claimed.
    pub(crate) golden_share: f64,
    /// The game time at which clicks do not count any more, in milliseconds.
    pub(crate) ends_at: u64,
    /// How long from one whim to the next, on average.
    pub(crate) whim_every: Duration,
    /// What they may do, each as often as it stands here.
    pub(crate) whims: Vec<Whim>,
}

/// What somebody does all of a sudden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whim {
    /// The network is gone for a while.
    Drop,
    /// Goodbye, and back after a while.
    Leave,
    /// The page is opened once more, and the first one stays open.
    OpenTwice,
    /// What the page knew is lost.
    Reload,
    /// The place in the queue is given up.
    LeaveQueue,
    /// The game is given up.
    Quit,
    /// Everything that is not acknowledged is sent again, on the connection that was forsaken too.
    Stammer,
}

impl Habits {
    pub(super) fn pause(&self, rng: &mut Pcg64Mcg) -> Duration {
        self.whim_every.mul_f64(rng.random_range(0.2..2.0))
    }
}

impl Client {
    pub(super) fn follow_whims(&mut self, now: Instant, out: &mut Vec<Act>) {
        if self.goal != Goal::Whims || now < self.next_whim {
            return;
        }
        self.next_whim = now + self.habits.pause(&mut self.rng);
        if self.habits.whims.is_empty() || !self.line.is_open() {
            return;
        }
        let any = self.habits.whims[self.rng.random_range(0..self.habits.whims.len())];
        let whim = self.due_whim.take().unwrap_or(any);
        let away = now + Duration::from_millis(self.rng.random_range(0..4_000));
        let at_once = |line: &mut Line, _: &mut Pcg64Mcg, now| line.come_back(now);
        let later = |line: &mut Line, _: &mut Pcg64Mcg, _| line.come_back(away);
        match whim {
            Whim::Drop => {
                out.push(Act::Vanish);
                self.lose(later, now);
            }
            Whim::Leave => {
                out.push(Act::Goodbye);
                self.lose(later, now);
            }
            Whim::OpenTwice if self.line.is_up() => {
                out.push(Act::Forsake);
                self.lose(at_once, now);
                // Somebody goes on playing on the older page.
                self.due_whim = Some(Whim::Stammer);
                self.next_whim = now + Duration::from_millis(self.rng.random_range(100..1_500));
            }
            Whim::Reload => {
                out.push(Act::Goodbye);
                self.lose(at_once, now);
                if let Some(game) = &mut self.game {
                    game.forget_clicks();
                }
            }
            Whim::LeaveQueue if self.lobby == Lobby::Queued && self.line.is_up() => {
                self.lobby = Lobby::Leaving;
                out.push(Act::Send(LEAVE_QUEUE.to_owned()));
            }
            Whim::Quit if self.game.is_some() && self.line.is_up() => {
                out.push(Act::Send(QUIT_GAME.to_owned()));
            }
            Whim::Stammer => {
                let Some(game) = &self.game else { return };
                for text in game.stammer() {
                    out.push(Act::SendOnForsaken(text.clone()));
                    out.extend(self.line.is_up().then_some(Act::Send(text)));
                }
                // The older connection is shut out by now: what it says must not count.
                out.extend(game.synced.then(|| Act::SendOnForsaken(game.forged())));
            }
            Whim::OpenTwice | Whim::LeaveQueue | Whim::Quit => {}
        }
    }
}
