//! `/.well-known/security.txt`: whom to tell of a weakness (RFC 9116).

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use jiff::{SignedDuration, Timestamp};

use super::HttpState;
use super::problem::Problem;

/// The field is required and should be less than a year away; it is written anew for each request.
const EXPIRES: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Whom to tell, if the operator has said.
pub(super) async fn security_txt(state: web::Data<HttpState>) -> Result<HttpResponse, Problem> {
    let contact = state.contact.as_ref().ok_or_else(Problem::not_found)?;
    let expires = Timestamp::now() + EXPIRES;
    let canonical = format!("{}/.well-known/security.txt", state.public_url);
    let text = format!(
        "Contact: {contact}\nExpires: {expires:.0}\nCanonical: {canonical}\nPreferred-Languages: en\n"
    );
    let plain = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    Ok(HttpResponse::Ok().insert_header(plain).body(text))
}
