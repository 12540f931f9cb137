//! Who one is: signing in as a guest, signing out, `me`, and the keys that sessions are signed with.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::join;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::accounts::Account;
use crate::auth::{GuestName, Provider, Session};
use crate::http::HttpState;
use crate::http::identity::{
    Body, Carrier, Identity, MaySignIn, SameSite, end_session_of, is_browser,
};
use crate::http::problem::{Problem, ProblemBody};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::results::Totals;

/// A player, to the player.
#[derive(Serialize, ToSchema)]
pub(super) struct Player {
    #[schema(value_type = uuid::Uuid)]
    id: PlayerId,
    name: String,
    picture: Option<String>,
    provider: Provider,
}

/// Who wants to be let in.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Guest {
    /// 3 to 20 characters: letters, digits, space, `_`, `-`, `.`.
    #[schema(example = "Ada")]
    name: String,
}

/// Who was let in.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    player: Player,
    /// The session, for programs: `Authorization: Bearer`. Browsers have it in a cookie that no script
    /// can read, and `null` here.
    token: Option<String>,
}

/// A player and the player's totals.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    player: Player,
    /// `null` while the results cannot be reached.
    totals: Option<Totals>,
}

/// How long the totals may take. One can play without them.
const TOTALS: Duration = Duration::from_secs(1);

impl From<Session> for Player {
    fn from(session: Session) -> Self {
        let Profile { id, name, picture } = session.player;
        Self { id, name, picture, provider: session.provider }
    }
}

/// Signs in with nothing but a name.
#[utoipa::path(post, path = "/api/auth/guest", tag = "player", request_body = Guest,
    responses(
        (status = 201, description = "Signed in; the cookie is set", body = SignedIn),
        (status = 400, description = "The name or the body is not right", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "A page of another origin asked", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than 4 KiB", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn sign_in_as_guest(
    _: SameSite,
    _: MaySignIn,
    Body(guest): Body<Guest>,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let name = GuestName::parse(&guest.name)?.into_string();
    let player = Profile { id: PlayerId::random(), name, picture: None };
    let issued = state.tokens.issue(player, Provider::Guest)?;
    state.metrics.guests.inc();
    let cookie = state.cookie.set(issued.token.clone());
    end_session_of(&request, &state);
    let token = (!is_browser(&request)).then_some(issued.token);
    let body = SignedIn { player: issued.session.into(), token };
    Ok(HttpResponse::Created().cookie(cookie).json(body))
}

/// Ends the session, everywhere within two seconds: its tokens are worth nothing any more, and its
/// WebSocket is closed. Other sessions of the player stay.
#[utoipa::path(post, path = "/api/auth/logout", tag = "player",
    responses(
        (status = 204, description = "The session is over; the cookie is gone"),
        (status = 403, description = "A page of another origin asked", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn sign_out(
    _: SameSite,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> HttpResponse {
    if let Ok(identity) = Identity::of(&request, &state) {
        state.signed_out.add(identity.session.sign_out());
    }
    HttpResponse::NoContent().cookie(state.cookie.clear()).finish()
}

/// The player of the session, and the totals over all ranked games. A cookie that is an hour old, or
/// from before a change, is replaced by a newer one.
#[utoipa::path(get, path = "/api/me", tag = "player",
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, body = Me),
        (status = 401, description = "No valid session", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn me(
    identity: Identity,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let Identity { session, carrier } = identity;
    let (totals, now) = join(totals_of(&session, &state), as_known(&session, &state)).await;
    let has_changed = now.player != session.player || now.provider != session.provider;
    let mut answer = HttpResponse::Ok();
    if carrier == Carrier::Cookie && (has_changed || session.wants_renewal()) {
        let issued = state.tokens.renew(&session, now.player.clone(), now.provider)?;
        answer.cookie(state.cookie.set(issued.token));
    }
    let Account { player: Profile { id, name, picture }, provider } = now;
    Ok(answer.json(Me { player: Player { id, name, picture, provider }, totals }))
}

/// The player of a session as the account says now: another session may have changed the name.
async fn as_known(session: &Session, state: &HttpState) -> Account {
    match timeout(TOTALS, state.accounts.account(session.player.id)).await {
        Ok(Ok(Some(account))) => account,
        // A guest, or nobody can tell now.
        _ => Account { player: session.player.clone(), provider: session.provider },
    }
}

/// The totals, if they are there in time.
async fn totals_of(session: &Session, state: &HttpState) -> Option<Totals> {
    match timeout(TOTALS, state.results.totals(session.player.id)).await {
        Ok(Ok(totals)) => Some(totals),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the totals of a player cannot be had");
            None
        }
        Err(_) => None,
    }
}

impl Me {
    /// The player of a session, and the totals if they are there in time.
    pub(super) async fn of(session: Session, state: &HttpState) -> Self {
        let totals = totals_of(&session, state).await;
        Self { player: session.into(), totals }
    }
}

/// The public keys of sessions, as a JSON Web Key Set.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "server",
    responses((status = 200, description = "A JSON Web Key Set", body = Object)))]
pub(in crate::http) async fn keys(state: web::Data<HttpState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(state.tokens.jwks())
}
