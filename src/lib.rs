//! Overcookied: an actor-based, real-time game server.
//!
//! Read top to bottom, the modules follow a message through the server:
//!
//! | module | what it is |
//! | --- | --- |
//! | [`app`] | composition root: starts actors, wires ports, binds HTTP |
//! | [`shutdown`] | the ordered drain |
//! | [`config`] | one struct per concern, read from the environment |
//! | [`operator`] | the commands of whoever looks after many pods |
//! | [`http`] | routes: pages, REST, WebSocket upgrade, health |
//! | [`auth`] | guests, providers, signed sessions, who has signed out |
//! | [`accounts`] | the port that knows whom a provider vouches for |
//! | [`session`] | the actor of one connection: frames in, frames out |
//! | [`manager`] | the actor that knows this pod: connections and rooms |
//! | [`room`] | the actor that hosts one live game |
//! | [`games`] | the rules: pure state machines |
//! | [`matchmaking`], [`cluster`], [`results`], [`leaderboard`] | the ports, and their sides |
//! | [`data_dir`] | the locked directory of a server that runs alone |
//! | [`sqlite`] | one SQLite file on a thread of its own |
//! | [`protocol`], [`ids`] | what everybody speaks |
//! | [`telemetry`], [`wall_clock`], [`tls`] | logs, traces, every metric name; milliseconds since 1970; cryptography |
//! | [`randomness`] | ids and seeds from the operating system |
//! | [`planted`] | faults put in on purpose, in builds for tests alone |
//! | [`swarm`] | the load player: plays duels and keeps the ledger |
//!
//! Imports run one way: `http → session → manager → room → ports`. `games`, `protocol` and `ids`
//! import none of the others; the way back to a client is only a `Recipient`.

pub mod accounts;
pub mod app;
pub mod auth;
mod aws;
pub mod cluster;
pub mod config;
pub mod data_dir;
pub mod games;
pub mod http;
pub mod ids;
pub mod leaderboard;
pub mod manager;
pub mod matchmaking;
pub mod operator;
pub mod planted;
pub mod protocol;
pub mod randomness;
pub mod results;
pub mod room;
pub mod session;
pub mod shutdown;
#[cfg(test)]
mod simulation;
pub mod sqlite;
pub mod swarm;
pub mod telemetry;
pub mod tls;
pub mod wall_clock;
