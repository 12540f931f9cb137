//! What is logged and traced, in which form, and where to.

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::ConfigError;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Logs and traces")]
pub(super) struct LogArgs {
    /// What is logged: a level, or levels per module
    #[arg(long, env = "RUST_LOG", default_value = "info")]
    rust_log: String,

    /// How a line of the log looks
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,

    /// Where traces are sent (OTLP over HTTP) [default: nowhere]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otel_exporter_otlp_endpoint: Option<String>,
}

/// What is logged and traced, in which form, and where to.
#[derive(Clone, Debug)]
pub struct Logs {
    /// Directives of the filter, checked. From `RUST_LOG` (`info`).
    pub filter: String,
    /// The form of a line. From `LOG_FORMAT` (text).
    pub format: LogFormat,
    /// Base URL of the OTLP collector. From `OTEL_EXPORTER_OTLP_ENDPOINT` (none: no traces).
    pub otlp_endpoint: Option<String>,
}

impl Logs {
    pub(super) fn new(args: LogArgs) -> Result<Self, ConfigError> {
        let filter = if args.rust_log.trim().is_empty() { "info".into() } else { args.rust_log };
        if let Err(error) = EnvFilter::try_new(&filter) {
            let why = format!("`{filter}` is not a log filter: {error}");
            return Err(ConfigError::Invalid { variable: "RUST_LOG", why });
        }
        let otlp_endpoint = args.otel_exporter_otlp_endpoint.filter(|url| !url.trim().is_empty());
        if otlp_endpoint.as_deref().is_some_and(|url| !is_http(url)) {
            return Err(ConfigError::Invalid {
                variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
                why: "it must be an http:// address: this version exports without TLS".into(),
            });
        }
        Ok(Self { filter, format: args.log_format, otlp_endpoint })
    }
}

fn is_http(url: &str) -> bool {
    let uri = url.parse::<actix_web::http::Uri>().ok();
    uri.is_some_and(|uri| uri.scheme_str() == Some("http"))
}
