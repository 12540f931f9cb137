//! What has been played: one's own history, and the leaderboards.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::ask;
use crate::http::HttpState;
use crate::http::identity::Identity;
use crate::http::problem::{Problem, ProblemBody};
use crate::leaderboard::{Board, LeaderboardPage, Query};
use crate::results::HistoryPage;
use crate::wall_clock;

const USUAL: usize = 20;
const MOST: usize = 100;

/// Which part of the history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct HistoryQuery {
    /// `next` of the page before; none for the newest games.
    cursor: Option<String>,
    /// How many games, 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Which leaderboard, and how much of it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LeaderboardQuery {
    /// All-time if not given.
    #[param(inline)]
    board: Option<Board>,
    /// How many players, 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

fn checked(limit: Option<usize>) -> Result<usize, Problem> {
    match limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::bad_request("`limit` must be from 1 to 100.")),
    }
}

/// The games of the session's player, newest first.
#[utoipa::path(get, path = "/api/history", tag = "games", params(HistoryQuery),
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, body = HistoryPage),
        (status = 400, description = "Cursor or limit is not right", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 401, description = "No valid session", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "The results cannot be reached", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn history(
    identity: Identity,
    query: web::Query<HistoryQuery>,
    state: web::Data<HttpState>,
) -> Result<web::Json<impl Serialize>, Problem> {
    let HistoryQuery { cursor, limit } = query.into_inner();
    let limit = checked(limit)?;
    let player = identity.session.player.id;
    ask(state.results.history(player, cursor, limit)).await.map(web::Json)
}

/// The best players, and with a session the place of its player.
#[utoipa::path(get, path = "/api/leaderboard", tag = "games", params(LeaderboardQuery),
    security((), ("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, body = LeaderboardPage),
        (status = 400, description = "Board or limit is not right", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "The results cannot be reached", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn leaderboard(
    query: web::Query<LeaderboardQuery>,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> Result<web::Json<impl Serialize>, Problem> {
    let LeaderboardQuery { board, limit } = query.into_inner();
    let limit = checked(limit)?;
    let me = Identity::of(&request, &state).ok().map(|identity| identity.session.player.id);
    let board = board.unwrap_or(Board::All);
    let query = Query { board, now: wall_clock::millis(), limit, me };
    ask(state.boards.page(query)).await.map(web::Json)
}
