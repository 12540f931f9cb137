//! What an OpenID provider says of itself, and what becomes of logins when it says nothing.

use std::time::Duration;

use serde_json::json;

use super::logins::logins;
use super::provider::Provider;
use crate::auth::login::Path;
use crate::auth::{LoginError, Logins, Provider as Who};

async fn begin(logins: &Logins) -> Result<String, LoginError> {
    logins.begin(Who::Google, Path::home(), None).await.map(|begun| begun.url)
}

fn asked(provider: &Provider) -> u32 {
    provider.says.lock().unwrap().itself_asked
}

/// So long that what was said before is not believed any more, or a failure is forgotten.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn what_another_issuer_says_of_itself_is_not_taken() {
    let provider = Provider::start();
    for itself in [
        json!({ "issuer": "https://evil.example" }),
        // A path makes another issuer, and so does a slash (OpenID Connect Discovery 1.0, 4.3).
        json!({ "issuer": format!("{}/", provider.url) }),
        json!({ "authorization_endpoint": "not an address" }),
        json!({ "jwks_uri": null }),
    ] {
        provider.says.lock().unwrap().itself = itself.clone();
        let answer = begin(&logins(&provider)).await;
        assert!(matches!(answer, Err(LoginError::Failed(_))), "{itself}: {answer:?}");
    }
}

#[tokio::test]
async fn a_provider_that_failed_is_left_alone_for_five_seconds() {
    let provider = Provider::start();
    provider.says.lock().unwrap().away = true;
    let logins = logins(&provider);
    for _ in 0..10 {
        assert!(matches!(begin(&logins).await, Err(LoginError::Failed(_))));
    }
    assert_eq!(asked(&provider), 1);
    provider.says.lock().unwrap().away = false;
    pass(Duration::from_millis(5_100)).await;
    begin(&logins).await.expect("it is asked again");
    begin(&logins).await.unwrap();
    assert_eq!(asked(&provider), 2, "and believed for an hour");
}

#[tokio::test]
async fn a_provider_that_goes_away_after_it_was_known_is_still_gone_to() {
    let provider = Provider::start();
    let logins = logins(&provider);
    let page = begin(&logins).await.unwrap();
    provider.says.lock().unwrap().away = true;
    pass(Duration::from_secs(3_601)).await;
    for _ in 0..10 {
        let again = begin(&logins).await.expect("what it said once still holds");
        assert_eq!(again.split('?').next(), page.split('?').next());
    }
    assert_eq!(asked(&provider), 2, "once more, and then not for five seconds");
}
