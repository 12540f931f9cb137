//! The HTTP/1 server: one listener, its workers, and what every connection gets.

use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix::{Arbiter, ArbiterHandle};
use actix_web::dev::{Extensions, Server, Service};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::sleep;
use actix_web::{App, HttpServer, ResponseError, web};
use futures_util::future::{Either, ready};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::{HttpState, routes, security, turns};
use crate::telemetry::count;

/// Data that stays unread by a client for this long ends its connection. It is what gets rid of a
/// client that has stopped reading: an actor is not polled while its socket cannot be written.
const UNREAD: Duration = Duration::from_secs(10);
/// What the kernel may hold for one slow client, in bytes. Linux doubles it.
const SEND_BUFFER: usize = 32 * 1024;
/// Longer than a balancer keeps an idle connection, so that it is never the server that closes
/// one just as a request arrives. Balancers and proxies alone are kept: only the first head of a
/// connection has a deadline, so any other client could hold a place with the half of a second one.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(1);
const BACKLOG: i32 = 1024;
/// How long answers under way may take once the server stops, in seconds.
const LAST_ANSWERS: u64 = 5;

/// What may differ between a real server and one in a test.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Threads that serve connections.
    pub workers: usize,
    /// Most open connections, over all workers.
    pub max_connections: usize,
    /// How long a client may take to send the head of its first request; a second at least. (The
    /// server reads a clock that ticks twice a second, and never notices a deadline that has
    /// passed when it is set.)
    pub request_timeout: Duration,
}

impl Default for ServeOptions {
    /// As many workers as processors, 20,000 connections, 10 s.
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let request_timeout = Duration::from_secs(10);
        Self { workers, max_connections: 20_000, request_timeout }
    }
}

/// Listens on an address. Connections queue until [`serve`] takes them.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves HTTP on a listener. `on_worker` is called on the thread of each worker when it starts,
/// with that thread's arbiter. Signals are somebody else's business.
pub fn serve(
    listener: TcpListener,
    state: web::Data<HttpState>,
    options: &ServeOptions,
    on_worker: impl Fn(ArbiterHandle) + Send + Clone + 'static,
) -> io::Result<Server> {
    let app = move || {
        on_worker(Arbiter::current());
        let counted = state.clone();
        App::new()
            .app_data(state.clone())
            .configure(|config| routes::configure(config, &state))
            .wrap_fn(move |request, service| {
                counted.addresses.notice(request.head());
                let responses = counted.metrics.responses.clone();
                let is_direct = !counted.addresses.is_of_proxy(request.head());
                // As it is routed: %61 is an `a`.
                let path = request.match_info().as_str();
                let is_upgrade = turns::is_upgrade(path);
                let mut held = None;
                let (waits, answer) = match turns::take(path, request.head(), &counted) {
                    Err(problem) => {
                        if is_direct && is_upgrade {
                            held = turns::hold(request.head(), &counted);
                        }
                        let answer = request.into_response(problem.error_response());
                        (Duration::ZERO, Either::Left(ready(Ok(answer.map_into_boxed_body()))))
                    }
                    Ok(waits) => (waits, Either::Right(service.call(request))),
                };
                async move {
                    if !waits.is_zero() {
                        sleep(waits).await;
                    }
                    let mut answer = answer.await?;
                    if is_direct && answer.status() == StatusCode::TOO_MANY_REQUESTS {
                        sleep(turns::refused_after(is_upgrade, held.is_some())).await;
                    }
                    count(&responses, class(answer.status().as_u16()));
                    if is_direct && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                        let head = answer.response_mut().head_mut();
                        head.set_connection_type(ConnectionType::Close);
                    }
                    Ok(answer)
                }
            })
            .wrap(security::headers(&state.public_url))
    };
    let workers = options.workers.max(1);
    let server = HttpServer::new(app)
        .workers(workers)
        .max_connections(options.max_connections.div_ceil(workers))
        .client_request_timeout(options.request_timeout.max(SHORTEST_TIMEOUT))
        .keep_alive(KEEP_ALIVE)
        .tcp_nodelay(true)
        .shutdown_timeout(LAST_ANSWERS)
        // A client is told by the close frame that it may come back; with the default it would learn
        // only a second later that the connection is over.
        .client_disconnect_timeout(Duration::ZERO)
        .disable_signals()
        .on_connect(prepare);
    Ok(server.listen(listener)?.run())
}

/// Bounds what a client that does not read can cost.
pub(super) fn prepare(connection: &dyn Any, _: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let socket = SockRef::from(stream);
    if let Err(error) =
        give_up_unread(&socket).and_then(|()| socket.set_send_buffer_size(SEND_BUFFER))
    {
        tracing::warn!(%error, "a connection goes without its limits");
    }
}

#[cfg(target_os = "linux")]
fn give_up_unread(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(UNREAD))
}

/// Other systems decide by themselves how long they try.
#[cfg(not(target_os = "linux"))]
fn give_up_unread(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}

fn class(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
