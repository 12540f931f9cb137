// Who somebody is: signing in elsewhere, staying that, being called something else, and leaving.
import assert from "node:assert/strict";
import { accessible } from "./support/axe.mjs";
import { Cluster } from "./support/cluster.mjs";
import { withProviders } from "./support/doors.mjs";
import { clicking, quit } from "./support/duel.mjs";
import { remembers, saved } from "./support/memory.mjs";
import { servePictures } from "./support/pictures.mjs";
import { Server } from "./support/server.mjs";
import { phone, picture, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const phoneStill = { ...phone, reducedMotion: "reduce" };
/** Ended by a player who has seen enough, so that no machine is too slow for it. */
const settings = { GAME_SECONDS: "600", COUNTDOWN_SECONDS: "1" };
const one = { on: withProviders(Server), settings, timeout: 180_000 };
const pods = { ...one, on: withProviders(Cluster), timeout: 240_000 };
/** How soon signing out on one pod is known on all others, in ms. */
const SIGNED_OUT_WITHIN = 2000;

scene("Who signs in on one pod, comes back to another and plays on a third stays signed in while keys are rotated, until she signs out on all", pods, async (stage) => {
  const { server } = stage;
  server.google.person("ada", { name: "Ada" });
  const [ada, bob] = await visitors(stage, ["Ada", still], ["Bob", phoneStill]);
  await ada.followCloses();
  await server.only(1);
  await ada.continueWith("Google");
  await server.only(2);
  await server.google.signIn(ada.page, "ada");
  await isGreeted(ada, "Signed in with Google");
  await server.only(3);
  assert.deepEqual(await server.podsWith('overcookied_http_responses_total{outcome="3xx"}'), [1, 2], "sent away by the first pod, taken in by the second");
  assert.deepEqual(await server.podsWith('overcookied_logins_total{outcome="signed in"}'), [2]);

  await bob.signIn();
  const both = [ada, bob];
  await Promise.all(both.map((player) => player.play()));
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  await Promise.all(both.map((player) => player.begun()));
  assert.deepEqual(await server.serving(), [3, 3]);
  const stop = await clicking(both);
  for (const keys of [2, 3]) {
    await server.rotateKeys();
    await until("every pod knows the new key", () => every(server.pods, async (pod) => (await server.keysOf(pod)).length === keys));
    await newSessionsCountEverywhere(server);
    for (const player of both) await isSignedIn(player, server);
    const before = both.map((player) => player.acknowledged().at(-1));
    await until("both go on clicking", () => both.every((player, i) => player.acknowledged().at(-1) > before[i]));
  }
  await stop();
  await ada.page.reload();
  await ada.faces("Bob");
  await ada.click(2);
  while ((await ada.score()) <= (await bob.score())) await ada.click();
  await ada.allSafe();
  const [lost, won] = await quit([bob, ada]);
  await Promise.all(both.map((player) => player.toMenu()));
  await Promise.all([remembers(ada, bob, won, /win/i), remembers(bob, ada, lost, /loss/i)]);
  await isGreeted(ada, "Signed in with Google");

  await ada.play();
  await ada.searches();
  await until("Ada's socket is the only one, on the third pod", async () => String(await server.serving()) === "3");
  await server.only(1);
  const session = await sessionOf(ada);
  const other = await stage.player("Ada", { context: ada.page.context() });
  await other.toAccount();
  const answered = other.page.waitForResponse("**/api/auth/logout");
  await other.page.getByRole("button", { name: "Sign out" }).click();
  const since = (await answered).request().timing().startTime;
  await Promise.all([
    until("her socket is closed", () => ada.closes.some(({ at }) => at >= since)),
    until("no pod takes the old cookie", () => every(server.pods, async (pod) => (await answerWith(server.addressOf(pod), session)) === 401), { within: SIGNED_OUT_WITHIN }),
  ]);
  const { code, at } = ada.closes.find(({ at }) => at >= since);
  assert.equal(code, 4001);
  assert.ok(at - since <= SIGNED_OUT_WITHIN, `the socket on another pod is closed within ${SIGNED_OUT_WITHIN} ms: ${at - since}`);
  await other.page.getByRole("link", { name: "Continue with Google" }).waitFor();
  await ada.page.getByRole("heading", { name: "You are signed out" }).waitFor();
  await picture(ada, "identity-signed-out-elsewhere-desktop");
  await ada.page.getByRole("link", { name: "Sign in again" }).click();
  await ada.page.getByRole("button", { name: "Come on in" }).waitFor();
  await isSignedIn(bob, server);
  await other.page.close();

  await ada.continueWith("Google");
  await isGreeted(ada, "Signed in with Google");
  await saved(ada);
  assert.equal(await ada.history().count(), 1, "she is the same player");
});

scene("A guest who moves in for good stays the same player, with name and history", one, async (stage) => {
  const { server } = stage;
  server.github.person("crumbs", { name: "The Octocook" });
  const [ada, bob] = await visitors(stage, ["Ada", still], ["Bob", phoneStill]);
  await Promise.all([ada.page, bob.page].map((page) => page.getByRole("link", { name: "Continue with GitHub" }).waitFor()));
  await Promise.all([accessible(ada, "the menu with all ways in"), accessible(bob, "the menu with all ways in, on a phone")]);
  await Promise.all([picture(ada, "identity-sign-in-desktop"), picture(bob, "identity-sign-in-phone")]);
  await Promise.all([ada.signIn(), bob.signIn()]);
  await duel(ada, bob);
  const before = await all(ada);
  assert.equal(before.history.games.length, 1);

  await Promise.all([ada.toAccount(), bob.toAccount()]);
  await Promise.all([ada.page, bob.page].map((page) => page.getByRole("heading", { name: "Keep your history" }).waitFor()));
  await Promise.all([accessible(ada, "the account of a guest"), accessible(bob, "the account of a guest, on a phone")]);
  await Promise.all([picture(ada, "identity-account-guest-desktop"), picture(bob, "identity-account-guest-phone")]);
  await down(bob, "identity-account-guest-phone-2");
  const guest = await sessionOf(ada);
  await ada.moveInWith("GitHub");
  await server.github.decide(ada.page, "crumbs");
  await ada.page.getByText("Signed in with GitHub").waitFor();
  assert.equal(new URL(ada.page.url()).pathname, "/account/");
  assert.equal(await ada.page.getByRole("heading", { name: "Keep your history" }).count(), 0, "nothing is left to keep");
  await accessible(ada, "the account");
  await picture(ada, "identity-account-desktop");
  const { provider, picture: face, ...player } = before.me.player;
  assert.equal(provider, "guest");
  assert.equal(face, null);
  const after = { ...before, me: { ...before.me, player: { ...player, provider: "github", picture: "https://avatars.githubusercontent.com/u/1000?v=4" } } };
  assert.deepEqual(await all(ada), after);
  assert.equal(await answerWith(server.address(), guest), 401, "nobody goes on as the guest");

  await signsOut(ada);
  assert.equal(await whoIs(ada), 401);
  await ada.continueWith("GitHub");
  await server.github.decide(ada.page, "crumbs");
  await isGreeted(ada, "Signed in with GitHub");
  assert.deepEqual(await all(ada), after, "and the same again");
  await saved(ada);
  assert.match(await ada.history().first().innerText(), /Bob/);
});

scene("Who says no at the provider is told so, and can try again", one, async (stage) => {
  const { google, github } = stage.server;
  const [ada, bob] = await visitors(stage, ["Ada", still], ["Bob", phoneStill]);
  await ada.continueWith("Google");
  await google.cancel(ada.page);
  await bob.continueWith("GitHub");
  await github.decide(bob.page, "bob", "Cancel");
  await Promise.all([problem(ada, "No hard feelings", /You said no at Google/), problem(bob, "No hard feelings", /You said no at GitHub/)]);
  await Promise.all([accessible(ada, "a sign-in that was declined"), accessible(bob, "a sign-in that was declined, on a phone")]);
  await Promise.all([picture(ada, "identity-denied-desktop"), picture(bob, "identity-denied-phone")]);
  await Promise.all([ada, bob].map(isNobody));

  google.person("ada", { name: "Ada" });
  github.person("bob", { name: "Bob" });
  await ada.continueWith("Google");
  await google.signIn(ada.page, "ada");
  await isGreeted(ada, "Signed in with Google");
  await bob.continueWith("GitHub");
  await github.decide(bob.page, "bob");
  await isGreeted(bob, "Signed in with GitHub");
});

scene("A return that comes back twice signs nobody in again", one, async (stage) => {
  const { server } = stage;
  server.google.person("ada", { name: "Ada" });
  const [ada, bob] = await visitors(stage, ["Ada", still], ["Bob", phoneStill]);
  const address = await returnOf(ada, async () => {
    await ada.continueWith("Google");
    await server.google.signIn(ada.page, "ada");
  });
  await isGreeted(ada, "Signed in with Google");
  const { player } = await whoIs(ada);

  await ada.page.goto(address);
  await problem(ada, "That one went stale", /good for ten minutes, once/);
  await ada.page.getByRole("heading", { name: "You are still Ada" }).waitFor();
  await accessible(ada, "a return that came twice");
  await picture(ada, "identity-twice-desktop");
  assert.deepEqual((await whoIs(ada)).player, player);

  await bob.page.goto(address);
  await problem(bob, "That one went stale", /in a browser that keeps our cookie/);
  await picture(bob, "identity-expired-phone");
  await isNobody(bob);

  await ada.page.getByRole("link", { name: "To the menu" }).click();
  await signsOut(ada);
  await ada.page.goto(address);
  await problem(ada, "That one went stale", /good for ten minutes, once/);
  await isNobody(ada);
  await ada.continueWith("Google");
  await isGreeted(ada, "Signed in with Google");
  assert.deepEqual((await whoIs(ada)).player, player);
});

scene("The browser's Back button after signing in leads to nobody else's session", one, async (stage) => {
  const { server } = stage;
  server.github.person("ada", { name: "Ada" });
  const [ada] = await visitors(stage, ["Ada", still]);
  await ada.continueWith("GitHub");
  await server.github.decide(ada.page, "ada");
  await isGreeted(ada, "Signed in with GitHub");
  const { player } = await whoIs(ada);
  await ada.page.goBack();
  await server.github.decide(ada.page, "ada");
  await problem(ada, "That one went stale", /good for ten minutes, once/);
  await ada.page.getByRole("heading", { name: "You are still Ada" }).waitFor();
  assert.deepEqual((await whoIs(ada)).player, player);
  await ada.page.getByRole("link", { name: "To the menu" }).click();
  await isGreeted(ada, "Signed in with GitHub");
});

scene("A return to a browser that did not keep the cookie, and one that somebody else began, sign nobody in", one, async (stage) => {
  const { server } = stage;
  server.google.person("ada", { name: "Ada" });
  const [ada, mallory] = await visitors(stage, ["Ada", phoneStill], ["Mallory", still]);
  const address = await returnOf(mallory, async () => {
    await mallory.continueWith("Google");
    await mallory.page.context().clearCookies({ name: "login" });
    await server.google.signIn(mallory.page, "mallory");
  });
  await problem(mallory, "That one went stale", /in a browser that keeps our cookie/);
  await isNobody(mallory);

  await ada.continueWith("Google");
  await ada.page.goto(address);
  await problem(ada, "Not our dough", /doesn't belong to a sign-in that began in this browser/);
  await accessible(ada, "a return that was forged, on a phone");
  await picture(ada, "identity-forged-phone");
  await isNobody(ada);

  await ada.continueWith("GitHub");
  await ada.page.goto(`${server.address()}/api/auth/github/callback?code=made-up&state=made-up`);
  await problem(ada, "Not our dough", /What came back from GitHub/);
  await isNobody(ada);
  await ada.continueWith("Google");
  await server.google.signIn(ada.page, "ada");
  await isGreeted(ada, "Signed in with Google");
  assert.equal((await whoIs(ada)).player.name, "Ada", "and not Mallory");
});

scene("A guest cannot become somebody who plays here already, and stays who he is", one, async (stage) => {
  const { server } = stage;
  server.google.person("ada", { name: "Ada" });
  const [ada, gus] = await visitors(stage, ["Ada", still], ["Gus", phoneStill]);
  await ada.continueWith("Google");
  await server.google.signIn(ada.page, "ada");
  await isGreeted(ada, "Signed in with Google");
  const [account, guest] = [await whoIs(ada), await signedIn(gus)];
  const isTold = async () => {
    await problem(gus, "Already a regular", /That Google account plays here already, as somebody else/);
    await gus.page.getByRole("heading", { name: "You are still Gus" }).waitFor();
    assert.deepEqual(await whoIs(gus), guest);
  };
  await gus.toAccount();
  await gus.moveInWith("Google");
  await server.google.signIn(gus.page, "ada");
  await isTold();
  await accessible(gus, "an account that is taken, on a phone");
  await picture(gus, "identity-taken-phone");
  await gus.page.getByRole("link", { name: "Stay Gus" }).click();
  await isGreeted(gus, "Playing as a guest");
  await gus.toAccount();
  await gus.moveInWith("Google");
  await isTold();
  await gus.page.getByRole("link", { name: "Use that Google account" }).click();
  gus.name = "Ada";
  await isGreeted(gus, "Signed in with Google");
  assert.deepEqual(await whoIs(gus), account);
});

const away = ({ words, url }) => words.includes("503 (Service Unavailable)") && url.endsWith("/api/auth/upgrade");
const nobodyThere = { settings: { ...settings, GOOGLE_ISSUER: "http://127.0.0.1:9" }, expected: [away] };

scene("While a provider does not answer one is told so, and there is another way in", { ...one, ...nobodyThere }, async (stage) => {
  const [ada, gus] = await visitors(stage, ["Ada", still], ["Gus", phoneStill]);
  await ada.continueWith("Google");
  await problem(ada, "Burnt on the way", /Google didn't answer/);
  await picture(ada, "identity-failed-desktop");
  await isNobody(ada);
  await ada.continueWith("GitHub");
  await stage.server.github.decide(ada.page, "Ada");
  await isGreeted(ada, "Signed in with GitHub");

  const guest = await signedIn(gus);
  await gus.toAccount();
  await gus.page.getByRole("button", { name: "Continue with Google" }).click();
  await gus.page.getByText("The provider cannot be reached at the moment.").waitFor();
  await down(gus, "identity-upgrade-failed-phone");
  assert.deepEqual(await whoIs(gus), guest);
});

scene("A new name is everywhere at once, and who deletes the account is nowhere any more", one, async (stage) => {
  const { server } = stage;
  server.google.person("ada", { name: "Ada" });
  const [ada, bob] = await visitors(stage, ["Ada", phoneStill], ["Bob", still]);
  await ada.continueWith("Google");
  await server.google.signIn(ada.page, "ada");
  await isGreeted(ada, "Signed in with Google");
  await bob.signIn();
  await duel(ada, bob);

  await ada.toAccount();
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Countess");
  await ada.page.getByRole("button", { name: "Save name" }).click();
  await ada.page.getByText("Saved. Nice to meet you, Countess.").waitFor();
  const you = ada.page.getByRole("region", { name: "You" });
  await you.getByText("Countess", { exact: true }).waitFor();
  await picture(ada, "identity-renamed-phone");
  ada.name = "Countess";
  await ada.page.getByRole("link", { name: "Menu" }).click();
  await isOnBoard(ada, "Countess");
  await isGreeted(ada, "Signed in with Google");
  await bob.page.reload();
  await saved(bob);
  await isOnBoard(bob, "Countess");
  assert.match(await bob.history().first().innerText(), /Ada/, "what is over is told as it was");
  await duel(ada, bob);
  assert.match(await bob.history().first().innerText(), /Countess/);
  await until("each of them is on the board once", async () => (await bob.leaderboard().count()) === 2);

  const { player } = await whoIs(ada);
  await ada.toAccount();
  await ada.page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "Wipe the plate clean?" });
  await dialog.waitFor();
  await accessible(ada, "the question whether to delete the account, on a phone");
  await picture(ada, "identity-delete-phone");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.waitFor({ state: "hidden" });
  await isSame(ada, player);
  await ada.page.getByRole("button", { name: "Delete my account" }).click();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await ada.page.getByRole("heading", { name: "Gone, to the last crumb" }).waitFor();
  await accessible(ada, "an account that is gone");
  await picture(ada, "identity-deleted-phone");
  await isNobody(ada);

  await bob.page.reload();
  await saved(bob);
  const games = await bob.history().allInnerTexts();
  assert.equal(games.length, 2, "Bob keeps his duels");
  for (const game of games) assert.match(game, /Deleted player/);
  await until("the board is his alone", async () => (await bob.leaderboard().count()) === 1);
  assert.doesNotMatch(await bob.page.getByRole("main").innerText(), /Ada|Countess/);
  await down(bob, "identity-deleted-opponent-desktop");

  await ada.page.getByRole("link", { name: "Back to the bakery" }).click();
  ada.name = "Ada";
  await ada.continueWith("Google");
  await isGreeted(ada, "Signed in with Google");
  const again = await whoIs(ada);
  assert.notEqual(again.player.id, player.id);
  assert.deepEqual([again.player.name, again.totals.games], ["Ada", 0], "a new player, called as Google says");
  await ada.page.getByText("Not a crumb yet").waitFor();

  await bob.toAccount();
  await bob.page.getByRole("button", { name: "Delete my account" }).click();
  await bob.page.getByRole("dialog").waitFor();
  await picture(bob, "identity-delete-desktop");
  await bob.page.getByRole("button", { name: "Delete it" }).click();
  await bob.page.getByRole("heading", { name: "Gone, to the last crumb" }).waitFor();
  await isNobody(bob);
});

/** People on the front page, who see the pictures of Google's and GitHub's people. */
async function visitors(stage, ...people) {
  const players = await Promise.all(people.map(([name, options]) => stage.player(name, options)));
  await Promise.all(players.map(({ page }) => servePictures(page.context())));
  return players;
}

/** The menu says how somebody is signed in. */
async function isGreeted(player, words) {
  const you = player.page.getByRole("region", { name: "You" });
  await you.getByText(words).waitFor();
  await you.getByText(player.name, { exact: true }).waitFor();
}

/** The page for it says what went wrong. */
async function problem(player, title, words) {
  await player.page.getByRole("heading", { name: title }).waitFor();
  assert.match(await player.page.getByRole("alert").first().innerText(), words);
}

/** What the server says: a player with totals, or the status of its answer. */
async function whoIs(player, address = player.address) {
  const answer = await player.page.request.get(`${address}/api/me`);
  return answer.ok() ? answer.json() : answer.status();
}

async function isNobody(player) {
  assert.equal(await whoIs(player), 401);
  assert.equal(await sessionOf(player), undefined);
}

/** The cookie. */
async function sessionOf(player) {
  return (await player.page.context().cookies()).find(({ name }) => name === "session");
}

async function isSame(player, { id }) {
  assert.equal((await whoIs(player)).player.id, id);
}

/** On every pod. */
async function isSignedIn(player, server) {
  for (const pod of server.pods) assert.equal((await whoIs(player, server.addressOf(pod))).player?.name, player.name, `pod ${pod} knows ${player.name}`);
}

/** A session that any pod has begun. */
async function newSessionsCountEverywhere(server) {
  const signing = new Set();
  for (const pod of server.pods) {
    const { token } = await (await fetch(`${server.addressOf(pod)}/api/auth/guest`, post({ name: "Carol" }))).json();
    signing.add(JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid);
    for (const other of server.pods) {
      const answer = await fetch(`${server.addressOf(other)}/api/me`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 200, `pod ${other} takes what pod ${pod} has signed`);
    }
  }
  assert.deepEqual([...signing], (await server.keysOf(server.pods[0])).slice(0, 1), "all pods sign with the new key");
}

function post(body) {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** To somebody who has kept a copy of this cookie. */
async function answerWith(address, { name, value }) {
  const { status } = await fetch(`${address}/api/me`, { headers: { cookie: `${name}=${value}` } });
  return status;
}

/** Everything that is somebody's. */
async function all(player) {
  const history = await player.page.request.get(`${player.address}/api/history`);
  return { me: await whoIs(player), history: await history.json() };
}

async function signedIn(player) {
  await player.signIn();
  return whoIs(player);
}

async function signsOut(player) {
  if (new URL(player.page.url()).pathname !== "/account/") await player.toAccount();
  await player.page.getByRole("button", { name: "Sign out" }).click();
  await player.page.getByRole("button", { name: "Come on in" }).waitFor();
}

/** The address with which a browser came back from a provider. */
async function returnOf(player, act) {
  const back = player.page.waitForRequest("**/callback?*");
  await act();
  return (await back).url();
}

/** Both play until the second has seen enough, and are back in the menu, with the result. */
async function duel(winner, loser) {
  const both = [winner, loser];
  await Promise.all(both.map((player) => player.play()));
  await Promise.all([winner.faces(loser.name), loser.faces(winner.name)]);
  await Promise.all(both.map((player) => player.begun()));
  await winner.click(2);
  await winner.allSafe();
  await quit([loser, winner]);
  await Promise.all(both.map((player) => player.toMenu()));
  await Promise.all(both.map((player) => saved(player)));
}

/** The board is fetched by itself: it may come later than the history. */
async function isOnBoard(player, name) {
  await until(`the board shows ${name}`, async () => (await player.leaderboard().allInnerTexts()).some((row) => row.includes(name)));
}

async function down(player, name) {
  await player.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await picture(player, name);
}

async function every(pods, check) {
  return (await Promise.all(pods.map(check))).every(Boolean);
}
