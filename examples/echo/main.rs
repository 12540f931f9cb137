//! A WebSocket server that sends every message back, built from the frame reader of the Session.
//!
//! `cargo run --example echo -- PORT` (0 takes a free one) prints the address. It exists for the
//! Autobahn suite (`scripts/autobahn`) and keeps to 127.0.0.1; its limits are raised to 16 MiB for
//! the cases 9.*.

mod server;

use std::io::Write;

use anyhow::Context;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let port = match std::env::args().nth(1) {
        Some(port) => port.parse().context("the argument is the port to listen on")?,
        None => 0,
    };
    let (address, server) = server::bind(port, server::Mode::Autobahn)?;
    writeln!(std::io::stdout(), "ws://{address}/")?;
    server.await?;
    Ok(())
}
