//! What the handlers share.

use std::io;
use std::sync::Arc;

use super::address::ClientAddresses;
use super::doors::SharedDoors;
use super::health::Readiness;
use super::limits::Limits;
use super::pages::Pages;
use super::places::Places;
use super::ws::StartSession;
use crate::accounts::Accounts;
use crate::auth::{LoginCookie, Logins, OriginRule, SessionCookie, SignedOut, Tokens};
use crate::config::{Contact, Game, PublicUrl, Server};
use crate::leaderboard::Leaderboard;
use crate::results::Results;
use crate::telemetry::Metrics;

/// What HTTP asks others for.
pub struct Ports {
    /// Signs and checks sessions.
    pub tokens: Tokens,
    /// Sends people to providers, and finds out who comes back.
    pub logins: Logins,
    /// Knows who has signed out.
    pub signed_out: SignedOut,
    /// Keeps accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Answers for history and leaderboards.
    pub results: Arc<dyn Results>,
    /// The leaderboards.
    pub boards: Arc<dyn Leaderboard>,
    /// Knows the connections at other pods, if there are any.
    pub doors: Option<SharedDoors>,
    /// Starts the Session of an upgraded connection.
    pub start_session: Box<StartSession>,
    /// Whether players may come.
    pub readiness: Readiness,
    /// What is counted.
    pub metrics: Metrics,
}

/// What the handlers share. There is one for all workers.
pub struct HttpState {
    pub(super) tokens: Tokens,
    pub(super) logins: Logins,
    pub(super) signed_out: SignedOut,
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) results: Arc<dyn Results>,
    pub(super) boards: Arc<dyn Leaderboard>,
    pub(super) start_session: Box<StartSession>,
    pub(super) readiness: Readiness,
    pub(super) metrics: Metrics,
    pub(super) public_url: PublicUrl,
    pub(super) contact: Option<Contact>,
    pub(super) cookie: SessionCookie,
    pub(super) login_cookie: LoginCookie,
    pub(super) origins: OriginRule,
    pub(super) addresses: ClientAddresses,
    pub(super) places: Places,
    /// Where upgrades wait for their refusal.
    pub(super) held: Places,
    pub(super) doors: Option<SharedDoors>,
    pub(super) max_per_address: u32,
    pub(super) limits: Arc<Limits>,
    pub(super) pages: Pages,
    pub(super) game: Game,
}

impl HttpState {
    /// Tells other pods what connections there are here, if there are any, while the process lives.
    pub fn tell_doors(&self) {
        if let Some(doors) = &self.doors {
            tokio::spawn(doors.clone().tell(self.places.clone(), self.max_per_address));
        }
    }

    /// Puts the settings and the ports together, and reads the exported pages.
    pub fn new(server: &Server, game: Game, ports: Ports) -> io::Result<Self> {
        let origins = OriginRule::new(&server.public_url);
        let max_per_address = server.max_connections_per_address;
        Ok(Self {
            tokens: ports.tokens,
            logins: ports.logins,
            signed_out: ports.signed_out,
            accounts: ports.accounts,
            results: ports.results,
            boards: ports.boards,
            start_session: ports.start_session,
            readiness: ports.readiness,
            metrics: ports.metrics,
            public_url: server.public_url.clone(),
            contact: server.contact.clone(),
            cookie: SessionCookie::new(&server.public_url),
            login_cookie: LoginCookie::new(&server.public_url),
            addresses: ClientAddresses::new(server.trusted_proxies.clone()),
            places: Places::new(max_per_address),
            held: Places::new(max_per_address),
            doors: ports.doors,
            max_per_address,
            limits: Arc::new(Limits::new(max_per_address)),
            pages: Pages::read(&server.web_dir, &origins)?,
            origins,
            game,
        })
    }
}
