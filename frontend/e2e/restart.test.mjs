import assert from "node:assert/strict";
import { scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { serverAway } from "./support/watch.mjs";

/** Longer than any tick of the clock, so that a clock that does not stand still shows it. */
const AWAY = 3000;

const settings = { GAME_SECONDS: "10" };

for (const [signal, code] of [
  ["SIGKILL", null],
  ["SIGTERM", 0],
]) {
  scene(`A server that ends by ${signal} in mid-game and comes back loses no click and no time`, { settings, expected: [serverAway] }, async (stage) => {
    const [ada, bob] = await stage.duel(still, still);
    const both = [ada, bob];
    await Promise.all(both.map((player) => player.begun()));
    await Promise.all([ada.click(6), bob.click(4)]);
    await Promise.all(both.map((player) => player.allSafe()));
    const [safe, safeOfBob] = [await ada.score(), await bob.score()];
    const before = ada.newest("UPDATE");
    await Promise.all(both.map((player) => player.followScore()));

    // These may or may not have been acknowledged when the server goes.
    await ada.click(3);
    const ended = performance.now();
    assert.equal(await stage.server.end(signal), code);
    await Promise.all(both.map((player) => player.page.getByText(/reconnecting/i).waitFor()));
    const connections = both.map((player) => player.all("HELLO").length);
    // And these come while nobody is there.
    await ada.click(2);
    await until("the server was away for long enough", () => performance.now() - ended > AWAY);
    await stage.server.start();

    await until("both are back by themselves", () => both.every((player, i) => player.all("HELLO").length > connections[i]));
    await until("and in their game", () => both.every((player) => player.newest("GAME_START").resumed));
    const after = Math.min(...both.map((player) => player.newest("GAME_START").gameTime));
    assert.ok(after >= before.gameTime, "no clock runs backwards");
    assert.ok(after - before.gameTime < AWAY - 1000, `the clock stood still: ${before.gameTime} ms before, ${after} ms after`);
    for (const player of both) await player.page.getByText(/reconnecting/i).waitFor({ state: "hidden" });
    await Promise.all([ada.click(3), bob.click(2)]);

    const [lowest, lowestOfBob] = [await ada.lowestShown(), await bob.lowestShown()];
    assert.ok(lowest >= safe, `what Ada saw acknowledged is not undone: ${safe}, then ${lowest}`);
    assert.ok(lowestOfBob >= safeOfBob, `what Bob saw acknowledged is not undone: ${safeOfBob}, then ${lowestOfBob}`);
    const [mine, theirs] = await Promise.all([ada.result(), bob.result()]);
    assert.deepEqual([mine.mine, mine.theirs, mine.myClicks], [14, 6, 14], "every click counts exactly once");
    assert.deepEqual([theirs.mine, theirs.theirs], [6, 14], "and both see the same");
    assert.match(mine.headline, /you win/i);
  });
}
