//! What leaves the program: metric names that Prometheus takes, and spans that reach a collector.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use super::*;

fn exposition(metrics: &Metrics) -> String {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &metrics.registry()).unwrap();
    text
}

#[test]
fn every_metric_has_our_prefix_a_help_text_and_a_plain_name() {
    let metrics = Metrics::default();
    count(&metrics.upgrades, "taken");
    let text = exposition(&metrics);
    assert!(text.ends_with("# EOF\n"));
    assert!(text.contains("overcookied_ws_upgrades_total{outcome=\"taken\"} 1"));
    let families: Vec<_> = text.lines().filter_map(|l| l.strip_prefix("# TYPE ")).collect();
    assert!(families.len() > 10, "{text}");
    for family in families {
        let name = family.split(' ').next().unwrap();
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(name.starts_with("overcookied_") && name.chars().all(plain), "{name}");
        assert!(!name.ends_with("_total"), "the encoder adds _total: {name}");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help");
    }
}

/// Answers one request and returns its head and body.
fn collect_one(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).unwrap();
    (head, body)
}

#[test]
fn our_spans_reach_the_collector_when_the_program_ends_and_nobody_elses_do() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/", listener.local_addr().unwrap());
    let (collected, collector) = std::sync::mpsc::channel();
    std::thread::spawn(move || collected.send(collect_one(&listener)));
    let traces = exporter(&endpoint).unwrap();
    let subscriber = tracing_subscriber::registry().with(spans(&traces));
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!(target: "overcookied::room", "game", game.id = "g-17").in_scope(|| ());
        tracing::info_span!(target: "hyper::client", "foreign").in_scope(|| ());
    });
    drop(Telemetry { traces: Some(traces) });
    let (head, body) = collector.recv_timeout(Duration::from_secs(30)).unwrap();
    assert!(head.starts_with("POST /v1/traces "), "{head}");
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("overcookied") && body.contains("game.id") && body.contains("g-17"));
    assert!(!body.contains("foreign"));
}
