//! The cookie that carries a session in a browser. No script can read it, and over https its name
//! ties it to this host alone.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::token::LIFETIME;
use crate::config::PublicUrl;

/// How the session cookie is named and set on this server.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// The cookie of a server that browsers reach under this URL.
    pub fn new(public_url: &PublicUrl) -> Self {
        Self { secure: public_url.is_https() }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The cookie that signs a browser in.
    pub fn set(self, token: String) -> Cookie<'static> {
        self.with(token, Duration::seconds(LIFETIME.as_secs().cast_signed()))
    }

    /// The cookie that signs a browser out.
    pub fn clear(self) -> Cookie<'static> {
        self.with(String::new(), Duration::ZERO)
    }

    fn with(self, value: String, age: Duration) -> Cookie<'static> {
        Cookie::build(self.name(), value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(age)
            .finish()
    }
}
