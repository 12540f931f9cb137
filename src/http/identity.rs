//! Who makes a request: the session in its Bearer token or cookie, and whether a page of ours sent
//! it.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::HttpState;
use super::limits::Kind;
use super::problem::Problem;
use crate::auth::{BadToken, Session};

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the page is from that asks (Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// How a session came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// A browser sent it by itself, whichever page asked.
    Cookie,
    /// A program put it there on purpose.
    Bearer,
}

/// A request with a valid session. As a parameter of a handler it answers 401 without one.
pub(super) struct Identity {
    pub(super) session: Session,
    pub(super) carrier: Carrier,
}

impl Identity {
    /// The identity of a request. A Bearer token beats a cookie, even when it is a bad one.
    pub(super) fn of(request: &HttpRequest, state: &HttpState) -> Result<Self, BadToken> {
        if let Some(token) = bearer(request) {
            let session = valid(token, state)?;
            return Ok(Self { session, carrier: Carrier::Bearer });
        }
        let cookie = request.cookie(state.cookie.name()).ok_or(BadToken)?;
        let session = valid(cookie.value(), state)?;
        Ok(Self { session, carrier: Carrier::Cookie })
    }
}

impl Identity {
    /// The same, unless the player asks too often.
    fn admitted(request: &HttpRequest, state: &HttpState) -> Result<Self, Problem> {
        let identity = Self::of(request, state).map_err(|_| Problem::unauthenticated())?;
        state.limits.take_player(identity.session.player.id).map_err(Problem::too_many)?;
        Ok(identity)
    }
}

/// A request for a new session, of an address that has not had too many. As a parameter of a handler it
/// answers 429 otherwise.
pub(super) struct MaySignIn;

impl FromRequest for MaySignIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<HttpState>>();
        let taken = state.ok_or_else(Problem::internal).and_then(|state| {
            let address = state.addresses.of(request.head());
            state.limits.take(Kind::SignIn, address).map_err(Problem::too_many)
        });
        ready(taken.map(|()| Self))
    }
}

impl FromRequest for Identity {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<HttpState>>();
        ready(state.ok_or_else(Problem::internal).and_then(|state| Self::admitted(request, state)))
    }
}

/// A session that nobody has ended.
fn valid(token: &str, state: &HttpState) -> Result<Session, BadToken> {
    let session = state.tokens.verify(token)?;
    if state.signed_out.contains(&session) { Err(BadToken) } else { Ok(session) }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A request that no foreign page can have caused. As a parameter of a handler that changes
/// something it answers 403 to all others.
pub(super) struct SameSite;

impl FromRequest for SameSite {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<HttpState>>();
        let is_ours = state.is_some_and(|state| is_same_site(request, state));
        ready(if is_ours { Ok(Self) } else { Err(Problem::foreign_origin()) })
    }
}

/// A link that no page of another site can have sent a browser to: it would sign people in whom nobody
/// asked (login CSRF). Typing the address, and programs, are fine.
pub(super) struct OwnLink;

impl FromRequest for OwnLink {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<HttpState>>();
        let site = request.headers().get(FETCH_SITE).map(header::HeaderValue::as_bytes);
        // On one machine 127.0.0.1 and localhost are two sites, and both are ours.
        let is_ours = matches!(site, None | Some(b"same-origin" | b"none"))
            || state.is_some_and(|state| state.public_url.is_loopback());
        ready(if is_ours { Ok(Self) } else { Err(Problem::foreign_origin()) })
    }
}

/// Ends the session that a request comes with, if there is one: a new one takes its place.
pub(super) fn end_session_of(request: &HttpRequest, state: &HttpState) {
    if let Ok(before) = Identity::of(request, state) {
        state.signed_out.add(before.session.sign_out());
    }
}

/// Whether a page asks, by what every browser says of itself and no script can change.
pub(super) fn is_browser(request: &HttpRequest) -> bool {
    request.headers().contains_key(FETCH_SITE)
}

/// By `Origin` if there is one, else by `Sec-Fetch-Site`; a program that sends neither shows with
/// its content type that it is no form on a foreign page.
fn is_same_site(request: &HttpRequest, state: &HttpState) -> bool {
    let headers = request.headers();
    if let Some(origin) = headers.get(header::ORIGIN) {
        return headers.get_all(header::ORIGIN).count() == 1
            && state.origins.allows(origin.as_bytes());
    }
    match headers.get(FETCH_SITE) {
        Some(site) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        None => request.content_type().eq_ignore_ascii_case("application/json"),
    }
}

/// A JSON body of 4 KiB at most, sent within 10 s.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Json::<T>::from_request(request, payload);
        Box::pin(async move {
            let late = |_| {
                let status = actix_web::http::StatusCode::REQUEST_TIMEOUT;
                Problem::new(status, "The body did not arrive in time.")
            };
            let body = tokio::time::timeout(BODY_TIMEOUT, body).await.map_err(late)??;
            Ok(Self(body.into_inner()))
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::{StreamExt, stream};
    use tokio::time::{Instant, advance, pause};

    use super::*;

    #[actix_web::test]
    async fn a_body_that_never_ends_is_given_up() {
        pause();
        let began = Instant::now();
        let request = TestRequest::post()
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .to_http_request();
        let mut payload = Payload::Stream { payload: stream::pending().boxed_local() };
        let body = Body::<serde_json::Value>::from_request(&request, &mut payload);
        let (body, ()) = futures_util::join!(body, advance(BODY_TIMEOUT));
        let status = body.err().map(|error| error.as_response_error().status_code());
        assert_eq!(status, Some(actix_web::http::StatusCode::REQUEST_TIMEOUT));
        assert!(began.elapsed() < BODY_TIMEOUT * 2);
    }
}
