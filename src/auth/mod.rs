//! Identity: guests, providers, signed sessions, and which origins may speak for a browser.
//!
//! A session is a JWT that this server signed. It travels in a cookie or as a Bearer token, never
//! in a URL. What is wrong with a token is nobody's business: every bad one is the same
//! [`BadToken`].

mod cookie;
mod es256;
mod guest;
mod key_ring;
mod keys;
pub mod login;
mod origin;
mod provider;
mod rotation;
mod signed_out;
#[cfg(test)]
pub(crate) mod tests;
mod token;

pub use cookie::{LoginCookie, SessionCookie};
pub use guest::{BadName, GuestName};
pub use key_ring::KeyRing;
pub use keys::{KeysError, SessionKeys};
pub use login::{LoginError, Logins, Registration};
pub use origin::OriginRule;
pub use provider::{Identity, Provider, Stranger};
pub use rotation::{Rotated, new_key, rotate};
pub use signed_out::{MOST_SIGN_OUTS, SignedOut, Watch};
pub use token::{
    BadToken, CLOCKS_DIFFER, Issued, SESSION_LIFE, Session, SigningError, TOKEN_LIFE, Tokens,
    sign_out_everywhere, sign_out_until,
};
