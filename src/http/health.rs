//! Health: the process runs; it may take players.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::HttpState;

/// Whether this server may take players. Cloning shares it; it begins as "no".
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Whether players may come.
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Lets players come, or sends them elsewhere.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }
}

/// The process runs.
pub(super) async fn live() -> HttpResponse {
    plain(HttpResponse::Ok(), "live\n")
}

/// The server may take players.
pub(super) async fn ready(state: web::Data<HttpState>) -> HttpResponse {
    if state.readiness.is_ready() {
        plain(HttpResponse::Ok(), "ready\n")
    } else {
        plain(HttpResponse::ServiceUnavailable(), "not ready\n")
    }
}

fn plain(mut response: actix_web::HttpResponseBuilder, text: &'static str) -> HttpResponse {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}
