//! The client of DynamoDB.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

use super::meter::Meter;
use crate::aws::loader;

/// Which tables are used. Region, endpoint and credentials come from the variables, files and
/// services that every program for AWS reads them from.
#[derive(Clone, Debug)]
pub struct DynamoSettings {
    /// What the names of the tables begin with.
    pub prefix: String,
}

pub(super) async fn client(meter: Meter) -> Client {
    metered(&loader().load().await, meter)
}

fn metered(config: &SdkConfig, meter: Meter) -> Client {
    let config = aws_sdk_dynamodb::config::Builder::from(config).interceptor(meter).build();
    Client::from_conf(config)
}

/// For tests: with credentials that are none.
#[cfg(test)]
pub(super) async fn client_at(endpoint: &str, meter: Meter) -> Client {
    let credentials =
        aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "test");
    let region = aws_sdk_dynamodb::config::Region::new("eu-west-1");
    let loader = loader().endpoint_url(endpoint).credentials_provider(credentials).region(region);
    metered(&loader.load().await, meter)
}
