//! Headers that every answer carries, and what a page may load.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

use crate::auth::OriginRule;
use crate::auth::login::PICTURE_ORIGINS;
use crate::config::PublicUrl;

/// The policy of everything that is no page: load nothing, be framed by nobody.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// The headers of every answer. A policy that stands in an answer already is left alone.
pub(super) fn headers(public_url: &PublicUrl) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::PERMISSIONS_POLICY, PERMISSIONS))
        .add((header::CONTENT_SECURITY_POLICY, NOTHING));
    if public_url.is_https() {
        let a_year = "max-age=31536000; includeSubDomains";
        headers.add((header::STRICT_TRANSPORT_SECURITY, a_year))
    } else {
        headers
    }
}

/// The policy of the pages: our own files, the inline scripts with these hashes, our own server, and
/// pictures where the providers keep them.
/// The WebSocket is named, because older browsers do not count it as `'self'`.
pub(super) fn page_policy(hashes: &[String], origins: &OriginRule) -> String {
    let scripts: String = hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    let sockets: String = origins.websockets().iter().map(|socket| format!(" {socket}")).collect();
    let pictures: String = PICTURE_ORIGINS.map(|origin| format!(" {origin}")).concat();
    format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; \
         img-src 'self' data:{pictures}; font-src 'self'; connect-src 'self'{sockets}; \
         manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

/// The policy of the page that shows the API: its own files and the API itself.
pub(super) const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
    form-action 'none'";
