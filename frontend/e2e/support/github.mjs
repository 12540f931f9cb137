// A stand-in for GitHub's OAuth and the one address of its API that we ask. As strict as GitHub where it matters:
// the client's id and secret, the exact redirect address, PKCE with S256, and a code is good once.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

export class GitHub {
  #server = createServer((request, response) => this.#answer(request, response));
  #codes = new Map();
  #tokens = new Map();
  #people = new Map();

  constructor({ clientId, clientSecret, redirectUris }) {
    Object.assign(this, { clientId, clientSecret, redirectUris });
  }

  static async start(client) {
    const github = new GitHub(client);
    github.#server.listen(0, "127.0.0.1");
    await once(github.#server, "listening");
    return github;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Of the pages and of the API alike. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Who has this login, as the API tells; `changes` are for good. */
  person(login, changes = {}) {
    const id = this.#people.get(login)?.id ?? 1000 + this.#people.size;
    const usual = { id, login, name: login, avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4` };
    const person = { ...usual, ...this.#people.get(login), ...changes };
    this.#people.set(login, person);
    return person;
  }

  /** What a person does on the page: says who it is, and yes or no. */
  async decide(page, login, button = "Authorize") {
    await page.getByRole("textbox", { name: "Login" }).fill(login);
    await page.getByRole("button", { name: button }).click();
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    let body = "";
    for await (const part of request) body += part;
    const fields = new URLSearchParams(body);
    switch (`${request.method} ${pathname}`) {
      case "GET /login/oauth/authorize":
        return this.#ask(searchParams, response);
      case "POST /login/oauth/authorize":
        return this.#decided(searchParams, fields, response);
      case "POST /login/oauth/access_token":
        // GitHub's errors are answers of 200 as well.
        return sendJson(response, 200, this.#exchange(fields));
      case "GET /user":
        return this.#user(request.headers, response);
      default:
        return sendJson(response, 404, { message: "Not Found" });
    }
  }

  #refusal(asked) {
    if (asked.get("client_id") !== this.clientId) return "client_id";
    if (!this.redirectUris.includes(asked.get("redirect_uri"))) return "redirect_uri";
    if (asked.get("code_challenge_method") !== "S256") return "code_challenge_method";
    return asked.get("code_challenge")?.length === 43 ? null : "code_challenge";
  }

  #ask(asked, response) {
    const refusal = this.#refusal(asked);
    if (refusal !== null) return sendPage(response, 400, `<h1>Wrong ${refusal}</h1>`);
    // What was asked goes along in the address, where URLSearchParams leaves nothing that could end an attribute.
    return sendPage(
      response,
      200,
      `<h1>Authorize Overcookied</h1><form method="post" action="?${asked}"><label>Login <input name="login"></label>
      <button name="yes" value="1">Authorize</button><button>Cancel</button></form>`,
    );
  }

  #decided(asked, fields, response) {
    const refusal = this.#refusal(asked);
    if (refusal !== null) return sendPage(response, 400, `<h1>Wrong ${refusal}</h1>`);
    const back = new URL(asked.get("redirect_uri"));
    if (asked.has("state")) back.searchParams.set("state", asked.get("state"));
    if (fields.has("yes")) {
      const code = randomBytes(10).toString("hex");
      this.#codes.set(code, { asked, person: this.person(fields.get("login")) });
      back.searchParams.set("code", code);
    } else {
      back.searchParams.set("error", "access_denied");
    }
    return response.writeHead(302, { location: back.href }).end();
  }

  #exchange(fields) {
    if (fields.get("client_id") !== this.clientId || fields.get("client_secret") !== this.clientSecret) {
      return { error: "incorrect_client_credentials" };
    }
    const given = this.#codes.get(fields.get("code"));
    this.#codes.delete(fields.get("code"));
    if (given === undefined) return { error: "bad_verification_code" };
    const { asked, person } = given;
    if (fields.get("redirect_uri") !== asked.get("redirect_uri")) return { error: "redirect_uri_mismatch" };
    const challenge = createHash("sha256").update(fields.get("code_verifier") ?? "").digest("base64url");
    if (challenge !== asked.get("code_challenge")) return { error: "bad_verification_code" };
    const token = `gho_${randomBytes(18).toString("hex")}`;
    this.#tokens.set(token, person.login);
    return { access_token: token, token_type: "bearer", scope: asked.get("scope") ?? "" };
  }

  #user({ authorization = "", "user-agent": agent }, response) {
    // GitHub turns away programs that don't say who they are.
    if (agent === undefined) return sendJson(response, 403, { message: "Request forbidden by administrative rules." });
    const login = this.#tokens.get(/^(?:Bearer|token) (.+)$/.exec(authorization)?.[1]);
    return login === undefined ? sendJson(response, 401, { message: "Bad credentials" }) : sendJson(response, 200, this.person(login));
  }
}

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendPage(response, status, body) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><title>GitHub</title><main>${body}</main>`);
}
