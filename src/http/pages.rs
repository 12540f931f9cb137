//! The pages: the static export of the browser's half, as files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_files::Files;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpResponse, ResponseError, web};
use bytes::Bytes;

use super::problem::Problem;
use super::{inline_scripts, security};
use crate::auth::OriginRule;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <title>Overcookied</title></head><body><h1>The server runs, the pages are missing</h1>\
    <p>They are built by <code>./scripts/play</code>, which starts the game as well. \
    Stop this server, run that, and come back here.</p></body></html>";

/// The name that a build gives a file changes with its content: it may be kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The exported pages and what they may load.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    folder: Option<PathBuf>,
    policy: Arc<str>,
    not_found: Bytes,
}

impl Pages {
    /// Reads the folder of the export once: its inline scripts and its page for "not found". A
    /// folder without an `index.html` is no export; a plain page then says how to get one.
    pub(super) fn read(folder: &Path, origins: &OriginRule) -> std::io::Result<Self> {
        if !folder.join("index.html").is_file() {
            tracing::warn!(folder = %folder.display(), "there are no pages to serve");
            let policy = security::page_policy(&[], origins).into();
            return Ok(Self { folder: None, policy, not_found: NOT_BUILT.into() });
        }
        let hashes = inline_scripts::hashes(folder)?;
        let not_found = std::fs::read(folder.join("404.html"))
            .unwrap_or_else(|_| "<!doctype html><title>Not found</title>Not found".into());
        Ok(Self {
            folder: Some(folder.to_owned()),
            policy: security::page_policy(&hashes, origins).into(),
            not_found: not_found.into(),
        })
    }

    /// The service that answers for every address that nothing else answers for.
    pub(super) fn service(&self) -> impl HttpServiceFactory + use<> {
        let policy = self.policy.clone();
        let scope =
            web::scope("").wrap(from_fn(move |request, next| dress(request, next, policy.clone())));
        let missing = self.missing();
        match &self.folder {
            Some(folder) => scope.service(
                Files::new("/", folder)
                    .index_file("index.html")
                    .redirect_to_slash_directory()
                    .try_compressed()
                    .prefer_utf8(true)
                    .disable_content_disposition()
                    .default_handler(fn_service(missing)),
            ),
            None => scope.default_service(fn_service(missing)),
        }
    }

    /// Answers 404 with the page for it; without an export, 503 with the page that explains.
    fn missing(
        &self,
    ) -> impl Fn(ServiceRequest) -> std::future::Ready<Result<ServiceResponse, Error>> + Clone + use<>
    {
        let (page, is_built) = (self.not_found.clone(), self.folder.is_some());
        move |request| {
            let mut response = if is_built {
                HttpResponse::NotFound()
            } else {
                HttpResponse::ServiceUnavailable()
            };
            let response = response.content_type("text/html; charset=utf-8").body(page.clone());
            std::future::ready(Ok(request.into_response(response)))
        }
    }
}

/// Adds the policy and how long the answer may be kept. Refuses what is no reading of a page.
async fn dress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    policy: Arc<str>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let refusal = Problem::method("GET, HEAD").error_response();
        return Ok(request.into_response(refusal));
    }
    // A redirect to such a path would leave this server: `//name/` is a host to a browser.
    if request.path().starts_with("//") {
        return Ok(request.into_response(Problem::not_found().error_response()));
    }
    let is_named_by_content = request.path().starts_with("/_next/static/");
    let mut response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    let is_there = status.is_success() || status == actix_web::http::StatusCode::NOT_MODIFIED;
    let keep = if is_there && is_named_by_content { FOR_EVER } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(keep));
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}
