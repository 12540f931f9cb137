//! `/metrics`, on a port of its own so that the front door never shows it.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::problem::Problem;
use crate::telemetry::Metrics;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves the metrics to whoever reaches the listener. One worker: a scrape has no hurry.
pub fn serve_metrics(listener: TcpListener, metrics: &Metrics) -> io::Result<Server> {
    let registry = web::Data::from(Arc::new(metrics.registry()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(registry.clone())
            .route("/metrics", web::get().to(scrape))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::not_found()) }))
    });
    Ok(server.workers(1).max_connections(64).disable_signals().listen(listener)?.run())
}

async fn scrape(registry: web::Data<Registry>) -> Result<HttpResponse, Problem> {
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| Problem::internal())?;
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(text))
}
