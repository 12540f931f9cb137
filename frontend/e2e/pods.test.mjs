// Two players on different pods behind a load balancer, and pods that go away under their game.
import assert from "node:assert/strict";
import { Cluster } from "./support/cluster.mjs";
import { clicking, quit } from "./support/duel.mjs";
import { remembers } from "./support/memory.mjs";
import { desktop, phone, picture, scene } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { serverAway } from "./support/watch.mjs";

const usual = { on: Cluster, expected: [serverAway], timeout: 240_000 };
/** Longer than any tick of the clock, so that a clock that does not stand still shows it. */
const AWAY = 4000;
/** Ended by a player who has seen enough, so that no machine is too slow for it. */
const long = { GAME_SECONDS: "600", COUNTDOWN_SECONDS: "2" };
const gold = { BONUS_SECONDS: "8", GOLDEN_COOKIE_MIN_SECONDS: "3", GOLDEN_COOKIE_MAX_SECONDS: "4" };

scene("A duel across pods outlives the pod that hosts it", { ...usual, settings: { ...long, ...gold, GAME_SECONDS: "40" } }, async (stage) => {
  const { ada, bob, both } = await apart(stage);
  await ada.claimGolden();
  const before = await ada.score();
  await ada.click();
  assert.equal(await ada.score(), before + 2, "with the bonus a click is two points");
  const stop = await clicking(both);
  const safe = both.map((player) => player.acknowledged().at(-1));
  await Promise.all(both.map((player) => player.followScore()));

  const host = await until("the room has a host", () => stage.server.host());
  const seen = both.map(seenFromNow);
  await stage.server.kill(host);
  await until("another pod hosts it", async () => ![undefined, host].includes(await stage.server.host()));
  await until("both play on", () => seen.every((look) => look().goesOn), { within: 30_000 });
  await Promise.all([picture(ada, "pods-taken-over-desktop"), picture(bob, "pods-taken-over-phone")]);
  await stage.server.restart(host);
  await stop();

  const results = await Promise.all(both.map((player) => player.result()));
  const [mine, theirs] = results;
  for (const [i, player] of both.entries()) {
    const lowest = await player.lowestShown();
    assert.ok(lowest >= safe[i], `what ${player.name} saw acknowledged is not undone: ${safe[i]}, then ${lowest}`);
  }
  assert.deepEqual([mine.mine, mine.theirs], [theirs.theirs, theirs.mine], "both see the same score");
  assert.equal(ada.newest("GAME_OVER").reason, "time");
  await everyClickCounts(both, results);
  await Promise.all(both.map((player) => player.toMenu()));
  const word = (result) => (result.mine > result.theirs ? /win/i : result.mine < result.theirs ? /loss/i : /draw/i);
  await Promise.all([remembers(ada, bob, mine, word(mine)), remembers(bob, ada, theirs, word(theirs))]);
});

scene("A rolling restart of all pods goes on under a duel", { ...usual, settings: long }, async (stage) => {
  const { both } = await apart(stage);
  const seen = both.map(seenFromNow);
  await Promise.all(both.map((player) => player.followScore()));
  const stop = await clicking(both);
  for (const pod of stage.server.pods) {
    await stage.server.drain(pod);
    const round = both.map(seenFromNow);
    await until(`both play on without pod ${pod}`, () => round.every((look) => look().acknowledged), { within: 30_000 });
    await stage.server.restart(pod);
  }
  assert.ok(seen.every((look) => look().connections > 0), "nobody kept a connection through this");
  await stop();
  await noClickWasTakenBack(both);
  await everyClickCounts(both, await quit(both));
});

scene("Who loses the pod that serves only him plays on through another one", { ...usual, settings: long }, async (stage) => {
  const { both, pods } = await apart(stage);
  await Promise.all(both.map((player) => player.followScore()));
  const stop = await clicking(both);
  const host = await until("the room has a host", () => stage.server.host());
  const loser = pods[0] === host ? 1 : 0;
  const seen = both.map(seenFromNow);
  await stage.server.kill(pods[loser]);
  await until(`${both[loser].name} plays on`, () => seen[loser]().goesOn, { within: 30_000 });
  assert.ok(!(await stage.server.serving()).includes(pods[loser]));
  const { connections, starts } = seen[1 - loser]();
  assert.deepEqual([connections, starts], [0, 0], "the other one notices nothing");
  await stop();
  await noClickWasTakenBack(both);
  await everyClickCounts(both, await quit(both));
});

scene("While the store is away both pages stand still, and then go on", { ...usual, settings: { ...long, GAME_SECONDS: "99" } }, async (stage) => {
  const { both } = await apart(stage);
  const stop = await clicking(both);
  await stop();
  const before = await Promise.all(both.map((player) => player.score()));
  const seen = both.map(seenFromNow);
  await stage.server.freezeStore();
  const frozen = performance.now();
  await Promise.all(both.map((player) => player.paused().waitFor()));
  // Not before: on a machine that is busy it takes long to freeze it.
  const last = both.map((player) => player.newest("GAME_START", "UPDATE").gameTime);
  const clocks = await Promise.all(both.map((player) => player.secondsLeft()));
  await Promise.all(both.map((player, i) => picture(player, `pods-paused-${["desktop", "phone"][i]}`)));
  await until("both were sent on, and wait before HELLO", () => seen.every((look) => look().waitsOutside), { within: 30_000 });
  for (const [i, player] of both.entries()) {
    const { x, y } = await player.spot();
    await player.page.mouse.click(x, y);
    assert.ok(await player.paused().isVisible(), "all the time it says that it is paused");
    assert.equal(await player.secondsLeft(), clocks[i], "the clock stands still");
    assert.equal(await player.score(), before[i], "and no click is taken");
  }
  await until("the store was away for long enough", () => performance.now() - frozen > AWAY);
  await stage.server.thawStore();
  await Promise.all(both.map((player) => player.paused().waitFor({ state: "hidden" })));
  for (const [i, look] of seen.entries()) {
    const passed = look().resumed.gameTime - last[i];
    assert.ok(passed >= 0, "no clock runs backwards");
    assert.ok(passed < AWAY - 1000, `the time of the pause was given back: the clock went on by ${passed} ms`);
  }
  await Promise.all(both.map((player) => player.click(3)));
  await Promise.all(both.map((player) => player.allSafe()));
  await everyClickCounts(both, await quit(both));
});

/** A duel of two players who are served by different pods: one at a desk, one with a phone. */
async function apart(stage) {
  const ada = await stage.player("Ada", { ...desktop, reducedMotion: "reduce" });
  const bob = await stage.player("Bob", { ...phone, reducedMotion: "reduce" });
  const both = [ada, bob];
  await Promise.all(both.map((player) => player.signIn()));
  await ada.play();
  await ada.searches();
  const [podOfAda] = await until("Ada is served", () => serving(stage, 1));
  await bob.play();
  const podOfBob = await until("the balancer gives Bob another pod than Ada", async () => {
    await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
    const pods = await until("both are served", () => serving(stage, 2));
    const other = pods.find((pod) => pod !== podOfAda);
    if (other === undefined) await bob.page.reload();
    return other;
  }, { within: 30_000 });
  await Promise.all(both.map((player) => player.begun()));
  return { ada, bob, both, pods: [podOfAda, podOfBob] };
}

async function serving(stage, players) {
  const pods = await stage.server.serving();
  return pods.length === players ? pods : null;
}

/** Looks at what a player was told after this moment. */
function seenFromNow(player) {
  const { heard } = player;
  const from = heard.length;
  return () => {
    const since = heard.slice(from);
    const resumed = since.find(({ type, payload }) => type === "GAME_START" && payload.resumed)?.payload;
    const greeted = new Set(player.heard.filter(({ type }) => type === "HELLO").map(({ connection }) => connection));
    const higher = (than) => since.some(({ type, payload }) => type === "UPDATE" && payload.ack > than);
    return {
      resumed,
      connections: since.filter(({ type }) => type === "HELLO").length,
      starts: since.filter(({ type }) => type === "GAME_START").length,
      acknowledged: higher(Math.min(...since.flatMap(({ payload }) => payload.ack ?? []))),
      goesOn: resumed !== undefined && higher(resumed.ack),
      waitsOutside: since.some(({ type, connection }) => type === "PAUSED" && !greeted.has(connection)),
    };
  };
}

async function noClickWasTakenBack(both) {
  for (const player of both) {
    assert.equal(await player.stepBack(), null, `the score that ${player.name} sees only grows`);
    assert.equal(await player.score(), player.inputs(), `each click of ${player.name} is one point`);
  }
}

/** What each page has counted of its own clicks is what the server has counted and recorded. */
async function everyClickCounts(both, results) {
  for (const [i, player] of both.entries()) {
    const [own, others] = [player.inputs(), both[1 - i].inputs()];
    assert.deepEqual([results[i].myClicks, results[i].theirClicks], [own, others], `the clicks of ${player.name}, and of the other one`);
    const { roomId } = player.newest("GAME_OVER");
    const recorded = await until("the duel is recorded", () => inHistory(player, roomId));
    assert.deepEqual([recorded.clicks, recorded.opponentClicks], [own, others], `the same in the history of ${player.name}`);
  }
}

async function inHistory(player, roomId) {
  const answer = await player.page.request.get(`${player.address}/api/history`);
  if (!answer.ok()) return null;
  const { games } = await answer.json();
  return games.find(({ gameId }) => gameId === roomId);
}
