//! The server over real sockets: what it answers, byte for byte where that matters.

mod accounts;
mod api;
mod ask;
mod limits;
mod logins;
mod openapi;
mod operators;
mod pages;
mod raw;
mod results;
mod security;
mod upgrades;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use p256::pkcs8::{EncodePrivateKey, LineEnding};

use self::ask::{Answer, ask};
use self::results::FakeResults;
use crate::auth::login::Attempts;
use crate::auth::{KeyRing, Logins, SessionKeys, SignedOut, Tokens, new_key};
use crate::config::Config;
use crate::config::tests::parse;
use crate::http::{
    HttpState, Ports, Readiness, ServeOptions, SharedDoors, StartSession, bind, serve,
};
use crate::ids::{PlayerId, PodId};
use crate::matchmaking::Profile;
use crate::telemetry::Metrics;

/// The configuration of a test: these options, and a public URL unless they have one.
fn config(args: &[&str]) -> Config {
    let has_url = args.iter().any(|arg| arg.starts_with("--public-url"));
    let usual = (!has_url).then_some("--public-url=http://localhost:1");
    parse(&args.iter().copied().chain(usual).collect::<Vec<_>>()).unwrap()
}

fn tokens(issuer: &str) -> Tokens {
    let key = p256::SecretKey::random(&mut rand_core::OsRng);
    let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    Tokens::new(KeyRing::fixed(SessionKeys::from_pem(&pem.into()).unwrap()), issuer.into())
}

/// A server on a thread of its own. Dropping it stops it.
struct TestServer {
    address: SocketAddr,
    tokens: Tokens,
    results: Arc<FakeResults>,
    readiness: Readiness,
    metrics: Metrics,
    /// Who was upgraded.
    sessions: Arc<Mutex<Vec<Profile>>>,
    /// How many workers reported their arbiter.
    workers: usize,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    fn start() -> Self {
        Self::with(&[], &ServeOptions::default())
    }

    fn with(args: &[&str], options: &ServeOptions) -> Self {
        let config = config(args);
        let tokens = tokens(&config.server.public_url.to_string());
        let results = Arc::new(FakeResults::default());
        let readiness = Readiness::default();
        readiness.set(true);
        let metrics = Metrics::default();
        let sessions = Arc::default();
        let key = new_key().unwrap();
        let sealing = KeyRing::fixed(SessionKeys::from_pem(&key).unwrap());
        let logins = Logins::new(
            config.providers.google.as_ref(),
            config.providers.github.as_ref(),
            &config.server.public_url,
            Attempts::new(sealing),
        );
        let ports = Ports {
            logins: logins.unwrap(),
            signed_out: SignedOut::nobody(),
            accounts: results.clone(),
            tokens: tokens.clone(),
            results: results.clone(),
            boards: results.clone(),
            doors: Some(SharedDoors::new(PodId::random(), results.clone())),
            start_session: start_session(Arc::clone(&sessions)),
            readiness: readiness.clone(),
            metrics: metrics.clone(),
        };
        let state = Data::new(HttpState::new(&config.server, config.game, ports).unwrap());
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let options = ServeOptions { workers: 2, ..options.clone() };
        let (started, handle) = mpsc::channel();
        let (arbiters, on_worker) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let report = move |arbiter: actix::ArbiterHandle| {
                    arbiters.send(arbiter).unwrap();
                };
                let server = serve(listener, state, &options, report).unwrap();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = handle.recv().unwrap();
        let arbiter = || on_worker.recv_timeout(Duration::from_secs(30)).is_ok();
        let workers = (0..2).filter(|_| arbiter()).count();
        let thread = Some(thread);
        Self { address, tokens, results, readiness, metrics, sessions, workers, handle, thread }
    }

    fn ask(&self, head: &str) -> Answer {
        ask(self.address, head, "")
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost:1\r\n"))
    }

    fn token(&self, name: &str) -> (PlayerId, String) {
        let player = Profile { id: PlayerId::random(), name: name.into(), picture: None };
        let id = player.id;
        (id, self.tokens.issue(player, crate::auth::Provider::Guest).unwrap().token)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Upgrades, and holds the place until the client goes, as a Session does.
fn start_session(sessions: Arc<Mutex<Vec<Profile>>>) -> Box<StartSession> {
    Box::new(move |upgrade, _, mut payload| {
        sessions.lock().unwrap().push(upgrade.session.player);
        let place = upgrade.place;
        let until_gone = stream::once(async move {
            while let Some(Ok(_)) = payload.next().await {}
            drop(place);
            Ok::<_, actix_web::Error>(Bytes::new())
        });
        Ok(HttpResponse::SwitchingProtocols().upgrade("websocket").streaming(until_gone))
    })
}

/// A folder that looks like the export of the browser's half.
fn export(folder: &Path) {
    let page = |text: &str| format!("<!doctype html><p>{text}</p><script>run('{text}')</script>");
    let write = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write("index.html", &page("home"));
    write("play/index.html", &page("play"));
    write("404.html", &page("nowhere"));
    write("play/index.txt", "payload");
    write("_next/static/chunks/main-1a2b.js", "main()");
    write("_next/static/chunks/main-1a2b.js.gz", "not really gzip");
    write(".secret", "hidden");
}
