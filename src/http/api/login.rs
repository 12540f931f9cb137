//! Signing in elsewhere: the way to a provider, and the way back.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ask;
use crate::accounts::SignIn;
use crate::auth::login::{Path, Returned};
use crate::auth::{GuestName, LoginError, Provider};
use crate::http::HttpState;
use crate::http::identity::{Body, Identity, MaySignIn, OwnLink, SameSite, end_session_of};
use crate::http::problem::{Problem, ProblemBody};
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::telemetry::count;

/// A provider, as part of an address.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::http) enum Elsewhere {
    /// The OpenID provider.
    Google,
    /// GitHub.
    GitHub,
}

impl From<Elsewhere> for Provider {
    fn from(provider: Elsewhere) -> Self {
        match provider {
            Elsewhere::Google => Self::Google,
            Elsewhere::GitHub => Self::GitHub,
        }
    }
}

/// Where to go afterwards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LoginQuery {
    /// A path of this server, `/` if not given.
    next: Option<String>,
    /// The browser has been sent to this server's own address already.
    sent: Option<bool>,
}

/// With whom a guest wants to be known from now on.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Upgrade {
    provider: Elsewhere,
}

/// Where a guest goes to be known from now on.
#[derive(Serialize, ToSchema)]
pub(super) struct Way {
    /// The provider's page.
    url: String,
}

/// Sends the browser to a provider. It comes back to `callback`.
#[utoipa::path(get, path = "/api/auth/{provider}/login", tag = "player",
    params(("provider" = inline(Elsewhere), Path), LoginQuery),
    responses(
        (status = 303, description = "To the provider; or to `/sign-in/` if that cannot be reached"),
        (status = 400, description = "`next` is no path of this server", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "A page of another site sent the browser", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such provider here", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn login(
    _: OwnLink,
    _: MaySignIn,
    provider: web::Path<Elsewhere>,
    query: web::Query<LoginQuery>,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let provider = offered(*provider, &state)?;
    // Once: behind a proxy that rewrites `Host` it would go round in circles.
    if query.sent != Some(true) && !is_at_home(&request, &state) {
        let home = home(&request, &state);
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, home)).finish());
    }
    let next = query.into_inner().next.map_or(Some(Path::home()), |next| Path::parse(&next));
    let next = next.ok_or_else(|| Problem::bad_request("`next` must be a path of this server."))?;
    match state.logins.begin(provider, next, None).await {
        Ok(begun) => {
            let cookie = state.login_cookie.set(begun.sealed);
            Ok(HttpResponse::SeeOther()
                .insert_header((header::LOCATION, begun.url))
                .cookie(cookie)
                .finish())
        }
        Err(error) => Ok(explain(provider, &error, &state)),
    }
}

/// Where the browser comes back from a provider: signed in, or with the reason why not.
#[utoipa::path(get, path = "/api/auth/{provider}/callback", tag = "player",
    params(("provider" = inline(Elsewhere), Path)),
    responses(
        (status = 303, description = "To where the person wanted to go, signed in; or to `/sign-in/`, \
            which says what went wrong"),
        (status = 404, description = "There is no such provider here", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn callback(
    _: MaySignIn,
    provider: web::Path<Elsewhere>,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let provider = offered(*provider, &state)?;
    // What cannot be read was not sent by a provider.
    let returned = web::Query::<Returned>::from_query(request.query_string());
    let returned = returned.map(web::Query::into_inner).unwrap_or_default();
    let signed_in = sign_in(provider, returned, &request, &state).await;
    Ok(signed_in.unwrap_or_else(|error| explain(provider, &error, &state)))
}

/// The way of a guest to a provider. Who comes back is the same player.
#[utoipa::path(post, path = "/api/auth/upgrade", tag = "player", request_body = Upgrade,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Where to send the browser; its cookie is set", body = Way),
        (status = 400, description = "The body is not right", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 401, description = "No valid session", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "A page of another origin asked", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such provider here", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "The player is no guest", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 421, description = "It was asked at another address than that of this server", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than 4 KiB", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "The provider cannot be reached", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; `Retry-After` says when to ask again", body = ProblemBody,
            content_type = "application/problem+json")))]
pub(in crate::http) async fn upgrade(
    _: SameSite,
    _: MaySignIn,
    identity: Identity,
    Body(upgrade): Body<Upgrade>,
    request: HttpRequest,
    state: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let provider = offered(upgrade.provider, &state)?;
    if !is_at_home(&request, &state) {
        let detail = format!("Signing in elsewhere works at {} only.", state.public_url);
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    if identity.session.provider != Provider::Guest {
        return Err(Problem::conflict("Only guests can do that; you are known already."));
    }
    let guest = Some(identity.session);
    let begun = state.logins.begin(provider, Path::account(), guest).await.map_err(|error| {
        tracing::warn!(?provider, %error, "nobody can sign in there");
        Problem::unavailable("The provider cannot be reached at the moment.")
    })?;
    let cookie = state.login_cookie.set(begun.sealed);
    Ok(HttpResponse::Ok().cookie(cookie).json(Way { url: begun.url }))
}

/// Where a browser is sent that is at another address of this server. To the page, where one asks again:
/// a browser that comes straight here would say that another site has sent it.
fn home(request: &HttpRequest, state: &HttpState) -> String {
    if !state.public_url.is_loopback() {
        return format!("{}/sign-in/?sent=true", state.public_url);
    }
    // On one machine that is no other site.
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let more = if path.contains('?') { '&' } else { '?' };
    format!("{}{path}{more}sent=true", state.public_url)
}

/// Whether the browser is where the provider sends it back to: nowhere else it has the cookie of the login.
fn is_at_home(request: &HttpRequest, state: &HttpState) -> bool {
    let host = request.headers().get(header::HOST).map(header::HeaderValue::as_bytes);
    host.is_some_and(|host| host.eq_ignore_ascii_case(state.public_url.authority().as_bytes()))
}

fn offered(provider: Elsewhere, state: &HttpState) -> Result<Provider, Problem> {
    let provider = provider.into();
    let is_offered = state.logins.providers().contains(&provider);
    if is_offered { Ok(provider) } else { Err(Problem::not_found()) }
}

async fn sign_in(
    provider: Provider,
    returned: Returned,
    request: &HttpRequest,
    state: &HttpState,
) -> Result<HttpResponse, LoginError> {
    let sealed = request.cookie(state.login_cookie.name());
    let sealed = sealed.as_ref().map(actix_web::cookie::Cookie::value);
    let (attempt, stranger) = state.logins.finish(provider, sealed, returned).await?;
    let guest = attempt.guest();
    // Whoever has signed out since, somewhere, is nobody's guest any more.
    if guest.is_some_and(|guest| state.signed_out.contains(guest)) {
        return Err(LoginError::Expired);
    }
    let newcomer = match guest {
        Some(guest) => Profile { picture: stranger.picture, ..guest.player.clone() },
        None => {
            let name = GuestName::fitting(&stranger.name).into_string();
            Profile { id: PlayerId::random(), name, picture: stranger.picture }
        }
    };
    let answer = ask(state.accounts.sign_in(stranger.identity, newcomer)).await;
    let account = match answer.map_err(|problem| LoginError::Failed(problem.to_string()))? {
        SignIn::Account(account) => account,
        SignIn::Taken => return Err(LoginError::Taken),
        SignIn::Deleted => return Err(LoginError::Expired),
    };
    if guest.is_some_and(|guest| guest.player.id != account.player.id) {
        return Err(LoginError::Taken);
    }
    let issued = state.tokens.issue(account.player, account.provider);
    let issued = issued.map_err(|error| LoginError::Failed(error.to_string()))?;
    // Whoever was signed in here before is not any more, and a copy of the guest's session neither.
    end_session_of(request, state);
    if let Some(guest) = guest {
        state.signed_out.add(guest.sign_out());
    }
    count(&state.metrics.logins, "signed in");
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, attempt.next().as_str()))
        .cookie(state.cookie.set(issued.token))
        .cookie(state.login_cookie.clear())
        .finish())
}

/// To the page that says what went wrong, and offers to try again.
fn explain(provider: Provider, error: &LoginError, state: &HttpState) -> HttpResponse {
    let word = error.word();
    tracing::info!(?provider, %error, "somebody is not signed in");
    count(&state.metrics.logins, word);
    let provider = provider.word();
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/sign-in/?problem={word}&provider={provider}")))
        .cookie(state.login_cookie.clear())
        .finish()
}
