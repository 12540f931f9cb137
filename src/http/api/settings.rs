//! `GET /api/config`: what the page must know at run time.

use std::time::Duration;

use actix_web::web;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::auth::Provider;
use crate::http::HttpState;
use crate::protocol::PROTOCOL_VERSION;

/// A player who has waited so long is offered a game against a bot.
const PRACTICE_AFTER: Duration = Duration::from_secs(10);

/// What the page must know at run time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    /// The version of the server.
    version: &'static str,
    /// The version of the wire.
    protocol: u32,
    /// Who may vouch for a player.
    providers: Vec<Provider>,
    /// The numbers of the game.
    game: GameSettings,
    /// When to offer a game against a bot, in seconds of waiting.
    #[serde(serialize_with = "seconds")]
    #[schema(value_type = f64)]
    practice_after_seconds: Duration,
    /// Who runs the server: an address of mail (`mailto:`) or of a page (`https://`).
    contact: Option<String>,
}

/// The numbers of the game.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GameSettings {
    /// How long it is played.
    #[serde(serialize_with = "seconds")]
    #[schema(value_type = f64)]
    seconds: Duration,
    /// The countdown before it.
    #[serde(serialize_with = "seconds")]
    #[schema(value_type = f64)]
    countdown_seconds: Duration,
    /// How long a player may be away.
    #[serde(serialize_with = "seconds")]
    #[schema(value_type = f64)]
    grace_seconds: Duration,
    /// How long a golden cookie doubles clicks.
    #[serde(serialize_with = "seconds")]
    #[schema(value_type = f64)]
    bonus_seconds: Duration,
}

/// The version, who may vouch for players, and the numbers of the game.
#[utoipa::path(get, path = "/api/config", tag = "server",
    responses((status = 200, body = Settings)))]
pub(in crate::http) async fn config(state: web::Data<HttpState>) -> web::Json<impl Serialize> {
    web::Json(Settings {
        version: env!("CARGO_PKG_VERSION"),
        protocol: PROTOCOL_VERSION,
        providers: state.logins.providers(),
        game: GameSettings {
            seconds: state.game.length,
            countdown_seconds: state.game.countdown,
            grace_seconds: state.game.grace,
            bonus_seconds: state.game.bonus,
        },
        practice_after_seconds: PRACTICE_AFTER,
        contact: state.contact.as_ref().map(ToString::to_string),
    })
}

/// Whole seconds as a whole number.
fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    if time.subsec_nanos() == 0 {
        serializer.serialize_u64(time.as_secs())
    } else {
        serializer.serialize_f64(time.as_secs_f64())
    }
}
