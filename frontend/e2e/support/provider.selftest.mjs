// CHROMIUM=/usr/bin/chromium node --test e2e/support/provider.selftest.mjs
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { OpenIdProvider } from "./provider.mjs";

const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const client = { clientId: "overcookied", clientSecret: "hush" };

let provider, browser, back;
const landing = createServer((_, response) => response.end("back"));
before(async () => {
  await once(landing.listen(0, "127.0.0.1"), "listening");
  back = `http://localhost:${landing.address().port}/api/auth/google/callback`;
  provider = await OpenIdProvider.start({ ...client, redirectUris: [back] });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => Promise.all([browser?.close(), provider?.stop(), landing.close()]));

function begin(changes = {}) {
  const asked = { client_id: client.clientId, redirect_uri: back, response_type: "code", scope: "openid profile", state: "s", nonce: "n", code_challenge: challenge, code_challenge_method: "S256", ...changes };
  return `${provider.url}/auth?${new URLSearchParams(asked)}`;
}

async function exchange(code, changes = {}) {
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64");
  const body = new URLSearchParams({ grant_type: "authorization_code", redirect_uri: back, code, code_verifier: verifier, ...changes });
  return (await fetch(`${provider.url}/token`, { method: "POST", headers: { authorization: `Basic ${basic}` }, body })).json();
}

async function code(page, login) {
  await page.goto(begin());
  await provider.signIn(page, login);
  return new URL(page.url()).searchParams.get("code");
}

test("somebody signs in, is not asked twice, and the id_token tells who it is", async () => {
  const page = await browser.newPage();
  provider.person("ada", { name: "Ada Lovelace" });
  const first = await code(page, "ada");
  const { id_token } = await exchange(first);
  const claims = JSON.parse(Buffer.from(id_token.split(".")[1], "base64url").toString());
  const { sub, name, picture, aud, nonce, iss } = claims;
  assert.deepEqual(
    { sub, name, picture, aud, nonce, iss },
    { sub: "ada", name: "Ada Lovelace", picture: "https://lh3.googleusercontent.com/a/ada", aud: "overcookied", nonce: "n", iss: provider.url },
  );
  assert.equal((await exchange(first)).error, "invalid_grant", "a code is good once");
  assert.equal((await exchange(await code(page, "ada"), { code_verifier: "w".repeat(43) })).error, "invalid_grant");
  await page.close();
});

test("who says no is sent back with that", async () => {
  const page = await browser.newPage();
  await page.goto(begin());
  await provider.cancel(page);
  await page.waitForURL(/localhost/);
  assert.equal(new URL(page.url()).searchParams.get("error"), "access_denied");
  await page.close();
});

test("no other address gets anybody back, and nothing goes without PKCE", async () => {
  const answer = await fetch(begin({ redirect_uri: `${back}/` }), { redirect: "manual" });
  assert.equal(answer.status, 400);
  const asked = new URL(begin());
  asked.searchParams.delete("code_challenge");
  asked.searchParams.delete("code_challenge_method");
  const refused = await fetch(asked, { redirect: "manual" });
  assert.equal(new URL(refused.headers.get("location")).searchParams.get("error"), "invalid_request");
});
