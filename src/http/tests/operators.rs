//! What operators ask for: health, metrics, workers; and what each socket gets.

use std::any::Any;
use std::time::Duration;

use actix_web::dev::Extensions;
use socket2::SockRef;

use super::{ServeOptions, TestServer};
use crate::http::{bind, serve_metrics};
use crate::telemetry::{Metrics, Outcome, count};

#[test]
fn health_follows_readiness_and_liveness_does_not() {
    let server = TestServer::start();
    assert_eq!(server.get("/health/ready").status, 200);
    server.readiness.set(false);
    assert_eq!(server.get("/health/ready").status, 503);
    let live = server.get("/health/live");
    assert_eq!((live.status, live.header("cache-control")), (200, "no-store"));
}

#[test]
fn every_worker_reports_its_arbiter() {
    assert_eq!(TestServer::with(&[], &ServeOptions::default()).workers, 2);
}

#[test]
fn answers_are_counted_by_class() {
    let server = TestServer::start();
    server.get("/health/live");
    server.get("/api/nothing");
    server.get("/api/me");
    let counted = |outcome| server.metrics.responses.get_or_create(&Outcome { outcome }).get();
    assert_eq!((counted("2xx"), counted("4xx"), counted("5xx")), (1, 2, 0));
}

#[actix_web::test]
async fn metrics_are_served_on_a_port_of_their_own() {
    let metrics = Metrics::default();
    count(&metrics.closed, "goodbye");
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let server = serve_metrics(listener, &metrics).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    metrics.rooms.set(3);
    let ask = move |path: &'static str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\n");
        actix_web::rt::task::spawn_blocking(move || super::ask(address, &head, ""))
    };
    let answer = ask("/metrics").await.unwrap();
    let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), expected);
    assert!(answer.body.contains("overcookied_rooms 3\n"), "{}", answer.body);
    assert!(answer.body.contains("overcookied_ws_closed_total{outcome=\"goodbye\"} 1\n"));
    assert!(answer.body.ends_with("# EOF\n"));
    assert_eq!(ask("/").await.unwrap().status, 404);
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_socket_gets_its_limits_when_it_is_accepted() {
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let _client = std::net::TcpStream::connect(address).unwrap();
    let listener = actix_web::rt::net::TcpListener::from_std(listener).unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    crate::http::server::prepare(&stream as &dyn Any, &mut Extensions::new());
    let socket = SockRef::from(&stream);
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(10)));
    assert_eq!(socket.send_buffer_size().unwrap(), 64 * 1024, "Linux doubles 32 KiB");
}
