//! A TCP proxy that breaks things on request: it stands between a pod and Valkey in tests, for the
//! faults that need more than a dropped packet. It is no part of the product.
//!
//! `fault_proxy LISTEN TARGET CONTROL [SEED]` (addresses with ports) serves until it is killed. The
//! control port takes lines such as `delay up 50`; `proxy/control.rs` lists them.

mod proxy;

use std::io::{Error, Result, Write};

use proxy::{Addresses, Proxy};

fn argument<T: std::str::FromStr>(name: &str, text: Option<String>) -> Result<T> {
    let text = text.ok_or_else(|| Error::other(format!("{name} is missing")))?;
    text.parse().map_err(|_| Error::other(format!("{name} cannot be {text:?}")))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let addresses = Addresses {
        listen: argument("LISTEN", arguments.next())?,
        target: argument("TARGET", arguments.next())?,
        control: argument("CONTROL", arguments.next())?,
    };
    let seed = argument("SEED", arguments.next().or_else(|| Some("0".into())))?;
    let proxy = Proxy::bind(addresses, seed).await?;
    let bound = proxy.addresses()?;
    let mut out = std::io::stdout();
    writeln!(out, "{} -> {}, control at {}", bound.listen, bound.target, bound.control)?;
    out.flush()?;
    proxy.run().await;
    Ok(())
}
