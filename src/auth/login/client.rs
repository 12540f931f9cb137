//! Requests to providers: bounded in time and size, and never redirected.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};

use super::LoginError;
use crate::tls;

/// How long a provider may take, from the name look-up to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes. Google's are of a few thousand.
const LONGEST: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer is longer than {LONGEST} bytes")]
    TooLong,
}

/// Speaks to one provider.
#[derive(Clone, Debug)]
pub(super) struct Client(reqwest::Client);

impl Client {
    pub(super) fn new() -> Result<Self, LoginError> {
        tls::choose();
        let client = reqwest::Client::builder()
            // Who follows redirects can be sent to addresses inside the operator's network.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent(concat!("overcookied/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| LoginError::Failed(error.to_string()))
    }

    /// One request and its whole answer.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            if body.len() + part.len() > LONGEST {
                return Err(NoAnswer::TooLong);
            }
            body.extend_from_slice(&part);
        }
        let mut whole = HttpResponse::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }
}

/// An error with all that caused it, in one line.
pub(super) fn told(error: &dyn std::error::Error) -> LoginError {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    // It may quote the provider, who must not write lines of our log.
    LoginError::Failed(text.replace(char::is_control, " "))
}
