//! How every client of AWS is made: where it looks for region, endpoint and credentials, and how long each
//! call may take.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);
/// How long one attempt may take. A transaction takes 20 ms in AWS, and up to seconds in the
/// emulator that the tests use.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How long all attempts of a call may take together.
const CALL: Duration = Duration::from_secs(12);
/// Attempts of one call, with full jitter between them. Whoever records tries again for ever.
const ATTEMPTS: u32 = 3;
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What a client is made from. Region, endpoint and credentials come from the variables, files and services
/// that every program for AWS reads them from.
pub(crate) fn loader() -> ConfigLoader {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(CALL)
        .build();
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_WAIT);
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().tls_provider(tls).build_https())
        .timeout_config(timeouts)
        .retry_config(retries)
}
