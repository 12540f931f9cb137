//! HTTP: pages, REST, the WebSocket upgrade, health and metrics. HTTP/1 only.
//!
//! | file | what |
//! | --- | --- |
//! | `routes` | the table of addresses |
//! | `api` | what programs and pages ask for |
//! | `ws` | everything that is decided before a connection becomes a WebSocket |
//! | `identity` | who makes a request, and whether a page of ours sent it |
//! | `address`, `places`, `doors`, `limits` | where clients come from, how many connections they hold here and over all pods, how often they ask |
//! | `turns` | how long a request waits for its turn, and for its refusal |
//! | `pages`, `inline_scripts`, `security` | the exported pages, and what they may load |
//! | `health`, `metrics` | what operators ask for |
//! | `problem` | every error answer |
//! | `server` | the listener, its workers, and the limits of a connection |

mod address;
mod api;
mod doors;
mod health;
mod identity;
mod inline_scripts;
mod limits;
mod metrics;
mod pages;
mod places;
mod problem;
mod routes;
mod security;
mod security_txt;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod turns;
mod ws;

pub use doors::SharedDoors;
pub use health::Readiness;
pub use metrics::serve_metrics;
pub use places::{Place, Places};
pub use problem::Problem;
pub use server::{ServeOptions, bind, serve};
pub use state::{HttpState, Ports};
pub use ws::{StartSession, Started};
