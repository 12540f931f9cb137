//! The numbers of the cookie duel. Tests and demonstrations make it short.

use std::time::Duration;

use clap::Args;

use super::ConfigError;
use super::seconds::{seconds, some_seconds};

#[derive(Debug, Args)]
#[command(next_help_heading = "Game")]
pub(super) struct GameArgs {
    /// How long a duel lasts
    #[arg(long, env = "GAME_SECONDS", default_value = "60", value_parser = some_seconds)]
    game_seconds: Duration,

    /// Countdown before the first click counts
    #[arg(long, env = "COUNTDOWN_SECONDS", default_value = "5", value_parser = seconds)]
    countdown_seconds: Duration,

    /// How long a player may be away before the game is lost
    #[arg(long, env = "GRACE_SECONDS", default_value = "15", value_parser = some_seconds)]
    grace_seconds: Duration,

    /// Shortest wait for the next golden cookie
    #[arg(long, env = "GOLDEN_COOKIE_MIN_SECONDS", default_value = "5", value_parser = some_seconds)]
    golden_cookie_min_seconds: Duration,

    /// Longest wait for the next golden cookie
    #[arg(long, env = "GOLDEN_COOKIE_MAX_SECONDS", default_value = "10", value_parser = some_seconds)]
    golden_cookie_max_seconds: Duration,

    /// How long clicks count double after a golden cookie
    #[arg(long, env = "BONUS_SECONDS", default_value = "5", value_parser = seconds)]
    bonus_seconds: Duration,
}

/// The numbers of the cookie duel, all in game time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Game {
    /// How long it is played. From `GAME_SECONDS` (60).
    pub length: Duration,
    /// The countdown before it. From `COUNTDOWN_SECONDS` (5).
    pub countdown: Duration,
    /// How long a seat may be empty. From `GRACE_SECONDS` (15).
    pub grace: Duration,
    /// Shortest wait for a golden cookie. From `GOLDEN_COOKIE_MIN_SECONDS` (5).
    pub golden_min: Duration,
    /// Longest wait for a golden cookie. From `GOLDEN_COOKIE_MAX_SECONDS` (10).
    pub golden_max: Duration,
    /// How long clicks count double. From `BONUS_SECONDS` (5).
    pub bonus: Duration,
}

impl Game {
    pub(super) fn new(args: GameArgs) -> Result<Self, ConfigError> {
        if args.golden_cookie_min_seconds > args.golden_cookie_max_seconds {
            return Err(ConfigError::Contradiction(
                "GOLDEN_COOKIE_MIN_SECONDS",
                "GOLDEN_COOKIE_MAX_SECONDS",
                "the shortest wait is longer than the longest",
            ));
        }
        Ok(Self {
            length: args.game_seconds,
            countdown: args.countdown_seconds,
            grace: args.grace_seconds,
            golden_min: args.golden_cookie_min_seconds,
            golden_max: args.golden_cookie_max_seconds,
            bonus: args.bonus_seconds,
        })
    }
}
