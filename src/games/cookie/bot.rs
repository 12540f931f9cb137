//! How a bot plays the cookie duel.
//!
//! A bot keeps nothing of its own: what it does and when follows from the state, its strength and
//! the number of its inputs so far, so it survives a change of host like everything else. It knows
//! only what a player sees; the seed makes its hand unsteady, and is not used to look ahead.

use super::{Duel, Input};
use crate::games::GameTime;
use crate::ids::{Seat, Strength};

/// What makes a bot strong.
struct Skill {
    /// Mean time from one input to the next.
    period_ms: u64,
    /// The quickest it reacts to a golden cookie; the slowest is twice that.
    reaction_ms: u64,
    /// Of a hundred golden cookies, how many it goes for.
    attention: u64,
}

fn skill(strength: Strength) -> Skill {
    match strength {
        Strength::Easy => Skill { period_ms: 250, reaction_ms: 1_300, attention: 35 },
        Strength::Medium => Skill { period_ms: 154, reaction_ms: 800, attention: 60 },
        Strength::Hard => Skill { period_ms: 111, reaction_ms: 450, attention: 85 },
    }
}

/// What the random numbers of a bot are for; each purpose has its own.
#[derive(Clone, Copy)]
enum Purpose {
    Form = 1,
    Jitter = 2,
    Attention = 3,
    Reaction = 4,
}

/// When the bot makes its next input, and which; `None` when that is after the end.
pub(super) fn next_move(
    duel: &Duel,
    seat: Seat,
    strength: Strength,
    inputs: u32,
) -> Option<(GameTime, Input)> {
    let skill = skill(strength);
    let dice = |purpose, k| roll(duel.seed, seat, purpose, k);
    let period = period_ms(duel, &skill, dice(Purpose::Form, 0));
    // Each input has a slot of one period and falls somewhere into its first four fifths: the mean
    // is kept, the gaps vary, and no two inputs are closer than a fifth of a period.
    let jitter = dice(Purpose::Jitter, u64::from(inputs)) % (period * 4 / 5).max(1);
    let at = duel.settings.start() + period * u64::from(inputs) + jitter;
    if at >= duel.settings.end() {
        return None;
    }
    let wanted = duel.jar.open().filter(|golden| {
        let number = u64::from(golden.number);
        let reaction = skill.reaction_ms + dice(Purpose::Reaction, number) % skill.reaction_ms;
        dice(Purpose::Attention, number) % 100 < skill.attention && golden.at + reaction <= at
    });
    Some((at, wanted.map_or(Input::Click, |golden| Input::Claim { cookie: golden.number })))
}

/// The bot's own period in this game: up to a tenth quicker or slower than its strength says, and
/// never quicker than clicks count.
fn period_ms(duel: &Duel, skill: &Skill, form: u64) -> u64 {
    let period = skill.period_ms * (90 + form % 21) / 100;
    period.max(1_000_u64.div_ceil(u64::from(duel.settings.click_rate.max(1))))
}

/// A number that looks random, the same for the same arguments (the finaliser of SplitMix64).
fn roll(seed: u64, seat: Seat, purpose: Purpose, k: u64) -> u64 {
    let salt = (k << 8) | (u64::from(seat == Seat::P2) << 4) | purpose as u64;
    let mut z = seed.wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
