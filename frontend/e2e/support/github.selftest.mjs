// node --test e2e/support/github.selftest.mjs
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { GitHub } from "./github.mjs";

const client = { clientId: "overcookied", clientSecret: "hush", redirectUris: ["http://localhost:1/api/auth/github/callback"] };
const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");

let github;
before(async () => (github = await GitHub.start(client)));
after(() => github.stop());

function authorize(changes = {}, body = "login=ada&yes=1") {
  const asked = { client_id: client.clientId, redirect_uri: client.redirectUris[0], state: "s", code_challenge: challenge, code_challenge_method: "S256", ...changes };
  return fetch(`${github.url}/login/oauth/authorize?${new URLSearchParams(asked)}`, { method: "POST", body: new URLSearchParams(body), redirect: "manual" });
}

async function code() {
  const back = new URL((await authorize()).headers.get("location"));
  assert.equal(back.searchParams.get("state"), "s");
  return back.searchParams.get("code");
}

async function exchange(code, changes = {}) {
  const fields = { client_id: client.clientId, client_secret: client.clientSecret, redirect_uri: client.redirectUris[0], code, code_verifier: verifier, ...changes };
  const answer = await fetch(`${github.url}/login/oauth/access_token`, { method: "POST", body: new URLSearchParams(fields) });
  return answer.json();
}

test("a code becomes a token once, and the token tells who it is", async () => {
  github.person("ada", { name: "Ada Lovelace" });
  const once = await code();
  const { access_token } = await exchange(once);
  const user = await fetch(`${github.url}/user`, { headers: { authorization: `Bearer ${access_token}` } });
  assert.deepEqual(await user.json(), { id: 1000, login: "ada", name: "Ada Lovelace", avatar_url: "https://avatars.githubusercontent.com/u/1000?v=4" });
  assert.equal((await exchange(once)).error, "bad_verification_code");
});

test("who says no is sent back with that", async () => {
  const answer = await authorize({}, "login=ada");
  assert.equal(new URL(answer.headers.get("location")).searchParams.get("error"), "access_denied");
});

test("nothing that is wrong gets through", async () => {
  for (const wrong of [{ client_id: "other" }, { redirect_uri: `${client.redirectUris[0]}/` }, { code_challenge: "" }, { code_challenge_method: "plain" }]) {
    assert.equal((await authorize(wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.equal((await exchange(await code(), { client_secret: "guess" })).error, "incorrect_client_credentials");
  assert.equal((await exchange(await code(), { code_verifier: "w".repeat(43) })).error, "bad_verification_code");
  assert.equal((await exchange(await code(), { redirect_uri: "http://localhost:1/" })).error, "redirect_uri_mismatch");
  assert.equal((await fetch(`${github.url}/user`, { headers: { authorization: "Bearer none" } })).status, 401);
});
