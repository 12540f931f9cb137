//! `GET /ws`: everything that is decided before a connection becomes a WebSocket.

use actix_web::http::{StatusCode, Version, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::HttpState;
use super::identity::{Carrier, Identity};
use super::problem::Problem;
use crate::ids::ConnectionId;
use crate::session::Upgrade;
use crate::telemetry::count;

/// The 101 of an upgrade, or why there is none.
pub type Started = Result<HttpResponse, actix_web::Error>;

/// Starts the Session of a connection that may be upgraded, and answers 101.
pub type StartSession = dyn Fn(Upgrade, &HttpRequest, web::Payload) -> Started + Send + Sync;

/// Opens a WebSocket, or says why not.
pub(super) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<HttpState>,
) -> Started {
    let upgrade = match admit(&request, &state).await {
        Ok(upgrade) => upgrade,
        Err((problem, outcome)) => {
            count(&state.metrics.upgrades, outcome);
            tracing::debug!(outcome, "a WebSocket was refused");
            return Err(problem.into());
        }
    };
    let answer = (state.start_session)(upgrade, &request, payload);
    count(&state.metrics.upgrades, if answer.is_ok() { "taken" } else { "failed" });
    answer
}

/// Decides in this order: does the server take players, who is it, from which page, is there a
/// place, and is it a WebSocket handshake at all.
async fn admit(
    request: &HttpRequest,
    state: &HttpState,
) -> Result<Upgrade, (Problem, &'static str)> {
    if !state.readiness.is_ready() {
        let detail = "This server takes no players at the moment; try again.";
        return Err((Problem::unavailable(detail), "draining"));
    }
    let Ok(identity) = Identity::of(request, state) else {
        return Err((Problem::unauthenticated(), "unauthenticated"));
    };
    if let Err(wait) = state.limits.take_player(identity.session.player.id) {
        return Err((Problem::too_many(wait), "player"));
    }
    if !is_from_our_page(request, state, identity.carrier) {
        return Err((Problem::foreign_origin(), "origin"));
    }
    let full = || {
        let detail = "There are too many connections from your address; close one.";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail);
        (problem.with(header::RETRY_AFTER, "30"), "address")
    };
    let address = state.addresses.of(request.head());
    let place = state.places.take(address).map_err(|_| full())?;
    check_handshake(request).map_err(|problem| (problem, "handshake"))?;
    if let Some(doors) = &state.doors
        && !doors.admits(&place, state.max_per_address).await
    {
        return Err(full());
    }
    Ok(Upgrade {
        connection: ConnectionId::random(),
        credit: state.limits.credit(identity.session.player.id, address),
        session: identity.session,
        place: Box::new(place),
    })
}

/// A cookie travels whoever asks, so it needs our `Origin` beside it. A program with a token needs
/// none, but one that is there must be ours.
fn is_from_our_page(request: &HttpRequest, state: &HttpState, carrier: Carrier) -> bool {
    let origins: Vec<_> = request.headers().get_all(header::ORIGIN).collect();
    match (origins.as_slice(), carrier) {
        ([origin], _) => state.origins.allows(origin.as_bytes()),
        ([], Carrier::Bearer) => true,
        _ => false,
    }
}

/// RFC 6455, section 4.2.1.
fn check_handshake(request: &HttpRequest) -> Result<(), Problem> {
    let lists = |name: header::HeaderName, word: &str| {
        let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
    };
    let upgrades = lists(header::UPGRADE, "websocket") && lists(header::CONNECTION, "upgrade");
    if !upgrades || request.version() != Version::HTTP_11 {
        let detail = "This address speaks WebSocket; ask for the upgrade.";
        let problem = Problem::new(StatusCode::UPGRADE_REQUIRED, detail);
        return Err(problem.with(header::UPGRADE, "websocket"));
    }
    let only = |name: header::HeaderName| {
        let mut values = request.headers().get_all(name);
        values.next().filter(|_| values.next().is_none())
    };
    if only(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        let problem =
            Problem::new(StatusCode::UPGRADE_REQUIRED, "The WebSocket version must be 13.");
        return Err(problem.with(header::SEC_WEBSOCKET_VERSION, "13"));
    }
    let is_key = |key: &header::HeaderValue| {
        STANDARD.decode(key.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
    };
    if !only(header::SEC_WEBSOCKET_KEY).is_some_and(is_key) {
        return Err(Problem::bad_request("`Sec-WebSocket-Key` must be 16 bytes in base64."));
    }
    Ok(())
}
