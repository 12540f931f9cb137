//! Secrets in AWS Secrets Manager: the value of a setting says where the secret is.
//!
//! `aws-secretsmanager:NAME` is the whole secret, `aws-secretsmanager:NAME#KEY` one text of a secret that is
//! a JSON object.

use std::thread;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;
use crate::aws::loader;

const PREFIX: &str = "aws-secretsmanager:";

/// Where a secret is.
#[derive(Debug, PartialEq, Eq)]
struct Place<'a> {
    name: &'a str,
    key: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let place = value.trim().strip_prefix(PREFIX)?;
        Some(match place.split_once('#') {
            Some((name, key)) => Self { name, key: Some(key) },
            None => Self { name: place, key: None },
        })
    }
}

/// The secret of a setting: the value itself, or what it says where to find.
///
/// # Errors
/// When it says so and there is none. Blocks for 12 s at most.
pub(super) fn looked_up(
    variable: &'static str,
    value: SecretString,
) -> Result<SecretString, ConfigError> {
    if Place::parse(value.expose_secret()).is_none() {
        return Ok(value);
    }
    // Settings are read before there is a runtime, and in tests inside of one.
    let fetching = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(async { fetch(&loader().load().await, value.expose_secret()).await })
    });
    let fetched = fetching.join().unwrap_or_else(|_| Err("looking it up failed".to_owned()));
    fetched.map_err(|why| ConfigError::Invalid { variable, why })
}

async fn fetch(config: &SdkConfig, value: &str) -> Result<SecretString, String> {
    let Some(Place { name, key }) = Place::parse(value) else {
        return Err("it names no secret".to_owned());
    };
    let call = Client::new(config).get_secret_value().secret_id(name);
    let answer = call.send().await.map_err(|error| {
        format!(
            "AWS Secrets Manager does not give the secret {name}: {}",
            DisplayErrorContext(&error)
        )
    })?;
    let Some(text) = answer.secret_string.map(SecretString::from) else {
        return Err(format!("the secret {name} is no text"));
    };
    let Some(key) = key else { return Ok(text) };
    let object: serde_json::Value = serde_json::from_str(text.expose_secret())
        .map_err(|_| format!("the secret {name} is no JSON object, so it has no {key}"))?;
    let part = object.get(key).and_then(|part| part.as_str());
    part.map(SecretString::from).ok_or_else(|| format!("the secret {name} has no text {key}"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::config::{Credentials, Region};

    use super::*;
    use crate::results::aws_for_tests;

    #[test]
    fn a_value_that_names_no_place_is_the_secret_itself() {
        for value in ["s3cret", "", "arn:aws:secretsmanager:x", "AWS-SECRETSMANAGER:x"] {
            let same = looked_up("X", SecretString::from(value)).unwrap();
            assert_eq!(same.expose_secret(), value);
        }
        let place = |value| Place::parse(value).unwrap();
        assert_eq!(place("aws-secretsmanager:a/b"), Place { name: "a/b", key: None });
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:a-b";
        let both = format!("aws-secretsmanager:{arn}#c");
        assert_eq!(place(&both), Place { name: arn, key: Some("c") });
    }

    #[tokio::test]
    #[ignore = "needs moto"]
    async fn a_secret_in_dynamodb_s_neighbour_is_found_by_name_and_key() {
        let credentials = Credentials::new("test", "test", None, None, "test");
        let config = loader()
            .endpoint_url(aws_for_tests())
            .credentials_provider(credentials)
            .region(Region::new("eu-west-1"));
        let config = config.load().await;
        let name = format!("test/{}", uuid::Uuid::new_v4());
        let made = Client::new(&config).create_secret().name(&name);
        made.secret_string(r#"{"google": "s3cret", "number": 7}"#).send().await.unwrap();
        let fetch = async |suffix: &str| {
            let found = fetch(&config, &format!("aws-secretsmanager:{name}{suffix}")).await;
            found.map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(fetch("#google").await.unwrap(), "s3cret");
        assert!(fetch("").await.unwrap().contains("s3cret"));
        for suffix in ["#github", "#number", "-is-not-there"] {
            let why = fetch(suffix).await.unwrap_err();
            assert!(why.contains(&name) && !why.contains("s3cret"), "{why}");
        }
    }
}
