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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;

    /// A provider that answers everybody with these bytes, or with nothing; its address.
    async fn provider(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let answer = answer.clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 1024]).await;
                    // Who has read enough hangs up.
                    let _ = stream.write_all(&answer).await;
                    if answer.is_empty() {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        format!("http://{address}/")
    }

    async fn ask(url: &str) -> Result<HttpResponse, NoAnswer> {
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = url.parse().unwrap();
        Client::new().unwrap().send(request).await
    }

    #[tokio::test]
    async fn nobody_is_followed_elsewhere() {
        let secret = provider(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret".to_vec()).await;
        let redirect =
            format!("HTTP/1.1 302 Found\r\nLocation: {secret}\r\nContent-Length: 0\r\n\r\n");
        let answer = ask(&provider(redirect.into_bytes()).await).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().len()), (302, 0));
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_limit() {
        let body = |length: usize| {
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_bytes();
            [head, &vec![b' '; length]].concat()
        };
        let whole = ask(&provider(body(LONGEST)).await).await.unwrap();
        assert_eq!(whole.body().len(), LONGEST);
        let answer = ask(&provider(body(LONGEST + 1)).await).await;
        assert!(matches!(answer, Err(NoAnswer::TooLong)), "{answer:?}");
        let endless = ask(&provider(body(50 * LONGEST)).await).await;
        assert!(matches!(endless, Err(NoAnswer::TooLong)), "{endless:?}");
    }

    #[tokio::test]
    async fn a_provider_that_says_nothing_is_given_up() {
        let url = provider(Vec::new()).await;
        tokio::time::pause();
        let began = Instant::now();
        let answer = ask(&url).await;
        assert!(matches!(&answer, Err(NoAnswer::Http(error)) if error.is_timeout()), "{answer:?}");
        assert!(began.elapsed() < PATIENCE * 2, "{:?}", began.elapsed());
    }

    #[test]
    fn what_a_provider_says_makes_no_lines_of_its_own_in_the_log() {
        let error = std::io::Error::other("no\r\n2026-11-29 ERROR all is lost\u{1b}[31m");
        let LoginError::Failed(text) = told(&error) else { panic!("it failed") };
        assert_eq!(text, "no  2026-11-29 ERROR all is lost [31m");
    }
}
