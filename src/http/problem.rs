//! Errors as `application/problem+json` (RFC 9457), and the one mapping of errors to statuses.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{BadName, SigningError};
use crate::results::ResultsError;

/// What went wrong, for people and programs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong with this very request.
    detail: Cow<'static, str>,
}

/// An error answer to a request.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), header: None }
    }

    pub(super) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// No session, or none that holds: the same answer for every reason.
    pub(super) fn unauthenticated() -> Self {
        let detail = "Sign in first: there is no session, or it is not valid any more.";
        Self::new(StatusCode::UNAUTHORIZED, detail).with(header::WWW_AUTHENTICATE, "Bearer")
    }

    pub(super) fn foreign_origin() -> Self {
        let detail = "The request comes from a page of another origin than this server's.";
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
    }

    /// The method does not go with the address; `allow` lists those that do.
    pub(super) fn method(allow: &'static str) -> Self {
        let detail = format!("This address takes {allow} only.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, detail).with(header::ALLOW, allow)
    }

    /// Too many requests; come back after this.
    pub(super) fn too_many(wait: Duration) -> Self {
        let detail =
            "There are too many requests from your address or of this player; wait a moment.";
        let seconds = HeaderValue::from(wait.as_secs() + 1);
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
        problem.header = Some((header::RETRY_AFTER, seconds));
        problem
    }

    /// Come back in a moment.
    pub(super) fn unavailable(detail: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(header::RETRY_AFTER, "2")
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server failed; trying again may help.")
    }

    pub(super) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some((name, value)) = &self.header {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json")).json(body)
    }
}

impl From<BadName> for Problem {
    fn from(name: BadName) -> Self {
        Self::bad_request(name.to_string())
    }
}

impl From<SigningError> for Problem {
    fn from(error: SigningError) -> Self {
        tracing::error!(%error, "nobody can sign in");
        Self::internal()
    }
}

impl From<ResultsError> for Problem {
    fn from(error: ResultsError) -> Self {
        match error {
            ResultsError::BadCursor => {
                Self::bad_request("`cursor` is not one that this server gave out.")
            }
            ResultsError::Unavailable(why) | ResultsError::Refused(why) => {
                tracing::warn!(why, "the results could not be read");
                Self::unavailable("The results cannot be reached at the moment.")
            }
        }
    }
}

impl From<&JsonPayloadError> for Problem {
    fn from(error: &JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is longer than 4 KiB.")
            }
            JsonPayloadError::ContentType => {
                let detail = "The body must be JSON, with `Content-Type: application/json`.";
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
            }
            JsonPayloadError::Deserialize(error) => {
                Self::bad_request(format!("The body is not the JSON that belongs here: {error}."))
            }
            _ => Self::bad_request("The body could not be read."),
        }
    }
}

impl From<&QueryPayloadError> for Problem {
    fn from(error: &QueryPayloadError) -> Self {
        match error {
            QueryPayloadError::Deserialize(error) => {
                Self::bad_request(format!("The query is not valid: {error}."))
            }
            _ => Self::bad_request("The query is not valid."),
        }
    }
}
