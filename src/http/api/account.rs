//! What players change about themselves: the name, and whether they are here at all.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::ask;
use super::player::Me;
use crate::auth::{GuestName, sign_out_everywhere};
use crate::http::HttpState;
use crate::http::identity::{Body, Carrier, Identity, SameSite};
use crate::http::problem::{Problem, ProblemBody};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::wall_clock;

/// How long deleting may take before the player has to ask for the rest.
const DELETING: Duration = Duration::from_secs(20);

/// What a player changes.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Change {
    /// 3 to 20 characters: letters, digits, space, `_`, `-`, `.`.
    #[schema(example = "Ada")]
    name: String,
}

/// Changes the name. Games that have been played keep the old one; browsers get a new cookie.
#[utoipa::path(patch, path = "/api/me", tag = "player", request_body = Change,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The player as one is called now", body = Me),
        (status = 400, description = "The name or the body is not right", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 401, description = "No valid session", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "A page of another origin asked", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than 4 KiB", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "It cannot be kept now", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn rename(
    _: SameSite,
    identity: Identity,
    Body(change): Body<Change>,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let name = GuestName::parse(&change.name)?.into_string();
    let Identity { session, carrier } = identity;
    state.limits.take_change(session.player.id).map_err(Problem::too_many)?;
    let player = Profile { name, ..session.player.clone() };
    if !ask(state.accounts.rename(player.clone(), wall_clock::millis())).await? {
        return Err(Problem::unauthenticated());
    }
    show(player.id, &state).await;
    let issued = state.tokens.renew(&session, player, session.provider)?;
    let me = Me::of(issued.session, &state).await;
    let mut answer = HttpResponse::Ok();
    if carrier == Carrier::Cookie {
        answer.cookie(state.cookie.set(issued.token));
    }
    Ok(answer.json(me))
}

/// Shows the name on the leaderboards. Left undone, the player's next game does it.
async fn show(player: PlayerId, state: &HttpState) {
    let shown = async {
        let standings = ask(state.results.standings(vec![player], wall_clock::millis())).await?;
        ask(state.boards.set(standings)).await
    };
    if let Err(error) = shown.await {
        tracing::warn!(%error, "a new name is not on the leaderboards yet");
    }
}

/// Deletes the account: identities, name, totals and history. Opponents keep their games, against a
/// deleted player. All sessions end.
#[utoipa::path(delete, path = "/api/me", tag = "player",
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 204, description = "Nothing is left; the cookie is gone"),
        (status = 401, description = "No valid session", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "A page of another origin asked", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "It is not finished; asking again goes on", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn delete(
    _: SameSite,
    identity: Identity,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let player = identity.session.player.id;
    state.limits.take_change(player).map_err(Problem::too_many)?;
    let deleting = async {
        state.accounts.delete(player).await?;
        Ok(state.boards.remove(player).await?)
    };
    match timeout(DELETING, deleting).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let error: crate::results::ResultsError = error;
            tracing::warn!(%error, "an account is not deleted yet");
            return Err(unfinished());
        }
        Err(_) => return Err(unfinished()),
    }
    state.signed_out.add(sign_out_everywhere(player));
    tracing::info!(%player, "an account was deleted");
    Ok(HttpResponse::NoContent().cookie(state.cookie.clear()).finish())
}

fn unfinished() -> Problem {
    Problem::unavailable("Deleting is not finished. Ask again; it goes on where it stopped.")
}
