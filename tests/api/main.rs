//! The whole server from outside, on real sockets: players, bad input, faults and limits.
//!
//! | file | what is tried |
//! | --- | --- |
//! | [`duel`], [`coming_back`], [`results`] | the wire, by a client written by hand |
//! | [`bad_frames`], [`bad_messages`], [`floods`] | input that no honest client sends |
//! | [`doors`], [`expiry`] | who gets in, and for how long |
//! | [`secrets`] | what is written into logs |
//! | [`silence`], [`slow_readers`], [`clock`], [`descriptors`] | faults around a server |
//! | [`disk`], [`stopping`], [`starting`] | the data directory, signals and settings of a process |
//!
//! No test asserts how quick anything is. Whatever a test waits for has a bound that only a server
//! that never does it can miss.

// Helpers of a test fail as the test itself does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::print_stdout)]

mod bad_frames;
mod bad_messages;
mod clock;
mod coming_back;
mod descriptors;
mod disk;
mod doors;
mod duel;
mod expiry;
mod floods;
mod helpers;
mod player;
mod process;
mod raw;
mod results;
mod secrets;
mod silence;
mod slow_readers;
mod starting;
mod stopping;
mod tokens;
