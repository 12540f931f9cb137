//! The cookies: of a session, and of a login under way. No script can read them, and over https
//! their names tie them to this host alone.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::login::PATIENCE;
use super::token::TOKEN_LIFE;
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
        self.with(token, seconds(TOKEN_LIFE.as_secs()))
    }

    /// The cookie that signs a browser out.
    pub fn clear(self) -> Cookie<'static> {
        self.with(String::new(), Duration::ZERO)
    }

    fn with(self, value: String, age: Duration) -> Cookie<'static> {
        cookie(self.name(), self.secure, value, age)
    }
}

/// The cookie that holds a login under way, while the person is at the provider.
#[derive(Clone, Copy, Debug)]
pub struct LoginCookie {
    secure: bool,
}

impl LoginCookie {
    /// The cookie of a server that browsers reach under this URL.
    pub fn new(public_url: &PublicUrl) -> Self {
        Self { secure: public_url.is_https() }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        if self.secure { "__Host-login" } else { "login" }
    }

    /// The cookie with an attempt.
    pub fn set(self, sealed: String) -> Cookie<'static> {
        cookie(self.name(), self.secure, sealed, seconds(PATIENCE))
    }

    /// Ends the attempt.
    pub fn clear(self) -> Cookie<'static> {
        cookie(self.name(), self.secure, String::new(), Duration::ZERO)
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::seconds(seconds.cast_signed())
}

/// `Lax`, since browsers come back from a provider by a link of another site.
fn cookie(name: &'static str, secure: bool, value: String, age: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish()
}
