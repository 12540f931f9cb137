//! The description of this API, and the page that shows it. Nothing is loaded from elsewhere.

use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::Config;

use super::{account, games, login, player, settings};
use crate::http::problem::Problem;
use crate::http::security::DOCS_POLICY;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Overcookied",
        description = "Everything around the game. The game itself is played over the WebSocket \
            at `/ws`."
    ),
    paths(
        settings::config,
        player::sign_in_as_guest,
        player::sign_out,
        player::me,
        account::rename,
        account::delete,
        login::login,
        login::callback,
        login::upgrade,
        games::history,
        games::leaderboard,
        player::keys,
    ),
    modifiers(&Sessions)
)]
struct Document;

struct Sessions;

impl Modify for Sessions {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "session",
            "Set by signing in; named `__Host-session` over https",
        ));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The OpenAPI document.
pub(in crate::http) async fn openapi() -> HttpResponse {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(Document::openapi);
    HttpResponse::Ok().json(&*DOCUMENT)
}

/// The page's own files lie beside it, so its address must end in a slash.
pub(in crate::http) async fn docs_home() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/api/docs/")).finish()
}

/// The page that shows the document, and its files.
pub(in crate::http) async fn docs(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let config = Config::from("/api/openapi.json").use_base_layout().validator_url("none");
    let file = utoipa_swagger_ui::serve(&file, Arc::new(config)).map_err(|error| {
        tracing::error!(%error, "the page of the API cannot be made");
        Problem::internal()
    })?;
    let file = file.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, DOCS_POLICY))
        .content_type(file.content_type)
        .body(file.bytes.into_owned()))
}
