//! Identity: guests, signed sessions, and which origins may speak for a browser.
//!
//! A session is a JWT that this server signed. It travels in a cookie or as a Bearer token, never
//! in a URL. What is wrong with a token is nobody's business: every bad one is the same
//! [`BadToken`].

mod cookie;
mod guest;
mod keys;
mod origin;
#[cfg(test)]
mod tests;
mod token;

pub use cookie::SessionCookie;
pub use guest::{BadName, GuestName};
pub use keys::{KeysError, SessionKeys};
pub use origin::OriginRule;
pub use token::{BadToken, Issued, Provider, Session, SigningError, Tokens};
