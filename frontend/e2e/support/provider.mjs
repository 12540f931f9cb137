// A real OpenID provider in the place of Google: oidc-provider, with its own forms for signing in and consent.
// It takes one client, the exact redirect addresses of that, and nobody without PKCE. Whoever signs in with a
// login gets in with any password.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

export class OpenIdProvider {
  #server = createServer();
  #people = new Map();

  static async start(client) {
    const provider = new OpenIdProvider();
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    const oidc = await quietly(async () => {
      const { default: Oidc } = await import("oidc-provider");
      return new Oidc(provider.url, provider.#settings(client));
    });
    oidc.use(withoutFonts);
    provider.#server.on("request", oidc.callback());
    return provider;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Also the issuer. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** What an id_token says about this login; `changes` are for good. */
  person(login, changes = {}) {
    const usual = { sub: login, name: login, picture: `https://lh3.googleusercontent.com/a/${encodeURIComponent(login)}` };
    const person = { ...usual, ...this.#people.get(login), ...changes };
    this.#people.set(login, person);
    return person;
  }

  /** What a person does on the pages: signs in unless that is done, and consents unless that was asked before. */
  async signIn(page, login) {
    const away = (url) => !url.href.startsWith(this.url);
    const form = page.getByPlaceholder("Enter any login");
    const consent = page.getByRole("button", { name: "Continue" });
    await page.waitForURL((url) => away(url) || url.pathname.startsWith("/interaction/"));
    if (away(new URL(page.url()))) return;
    if (await form.isVisible()) {
      await form.fill(login);
      await page.getByPlaceholder("and password").fill("any");
      await page.getByRole("button", { name: "Sign-in" }).click();
      await Promise.race([page.waitForURL(away), consent.waitFor()]);
    }
    if (!away(new URL(page.url()))) await consent.click();
    await page.waitForURL(away);
  }

  async cancel(page) {
    await page.getByRole("link", { name: "Cancel" }).click();
  }

  #settings({ clientId, clientSecret, redirectUris }) {
    return {
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris, grant_types: ["authorization_code"], response_types: ["code"] }],
      claims: { openid: ["sub"], profile: ["name", "picture"] },
      // Google puts them into the id_token, and so does this.
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true } },
      findAccount: (_, login) => ({ accountId: login, claims: () => this.person(login) }),
      cookies: { keys: ["for tests"] },
      jwks: { keys: [signingKey()] },
      ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
    };
  }
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" };
}

/** Its pages fetch a font from Google. Tests work where there is no way out. */
async function withoutFonts(context, next) {
  await next();
  if (typeof context.body === "string") context.body = context.body.replace(/@import url\([^)]*\);/, "");
}

/** It warns of a Node older than it likes, and of everything here that only a test may do; there is no setting against that. */
async function quietly(make) {
  const { info, warn } = console;
  Object.assign(console, { info: () => {}, warn: () => {} });
  try {
    return await make();
  } finally {
    Object.assign(console, { info, warn });
  }
}
