//! The table of addresses.

use actix_web::dev::{HttpServiceFactory, Service};
use actix_web::guard::{self, Guard};
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, JsonConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder};

use super::problem::Problem;
use super::security_txt::security_txt;
use super::{HttpState, api, health, ws};

/// Largest JSON body, in bytes.
const MAX_BODY: usize = 4096;

/// Every address of the server.
pub(super) fn configure(config: &mut ServiceConfig, state: &HttpState) {
    config
        .app_data(
            JsonConfig::default().limit(MAX_BODY).error_handler(|e, _| Problem::from(&e).into()),
        )
        .app_data(PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(QueryConfig::default().error_handler(|e, _| Problem::from(&e).into()))
        .service(api())
        .service(only_get("/ws", ws::open))
        .service(get("/health/live", health::live))
        .service(get("/health/ready", health::ready))
        .service(get("/.well-known/jwks.json", api::keys))
        .service(get("/.well-known/security.txt", security_txt))
        .service(state.pages.service());
}

fn api() -> impl HttpServiceFactory {
    web::scope("/api")
        .wrap_fn(|request, service| {
            let answer = service.call(request);
            async move {
                let mut answer = answer.await?;
                let no_store = HeaderValue::from_static("no-store");
                answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
                Ok(answer)
            }
        })
        .service(get("/config", api::config))
        .service(post("/auth/guest", api::sign_in_as_guest))
        .service(post("/auth/logout", api::sign_out))
        .service(get("/auth/{provider}/login", api::login))
        .service(get("/auth/{provider}/callback", api::callback))
        .service(post("/auth/upgrade", api::upgrade))
        .service(me())
        .service(get("/history", api::history))
        .service(get("/leaderboard", api::leaderboard))
        .service(get("/openapi.json", api::openapi))
        .service(get("/docs", api::docs_home))
        .service(get("/docs/{file:.*}", api::docs))
        .default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::not_found()) }))
}

/// The one address with several methods.
fn me() -> Resource {
    let refuse = || async { Err::<HttpResponse, _>(Problem::method("GET, HEAD, PATCH, DELETE")) };
    web::resource("/me")
        .route(web::get().to(api::me))
        .route(web::head().to(api::me))
        .route(web::patch().to(api::rename))
        .route(web::delete().to(api::delete))
        .default_service(web::to(refuse))
}

fn get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path, guard::Any(guard::Get()).or(guard::Head()), "GET, HEAD", handler)
}

fn only_get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path, guard::Get(), "GET", handler)
}

fn post<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path, guard::Post(), "POST", handler)
}

/// An address with one handler, which answers 405 and what it allows to every other method.
fn resource<F, Args>(
    path: &str,
    method: impl Guard + 'static,
    allow: &'static str,
    handler: F,
) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let refuse = move || async move { Err::<HttpResponse, _>(Problem::method(allow)) };
    web::resource(path)
        .route(web::route().guard(method).to(handler))
        .default_service(web::to(refuse))
}
