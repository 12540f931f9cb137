import assert from "node:assert/strict";
import { scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

scene("Who closes the tab in mid-game and opens a new one goes on with the same score", {}, async (stage) => {
  const [ada, bob] = await stage.duel(still, still);
  await Promise.all([ada.begun(), bob.begun()]);
  await Promise.all([ada.click(4), bob.click(5)]);
  await bob.allSafe();

  const context = bob.page.context();
  await bob.page.close();
  await ada.click(3);
  assert.equal(await ada.scoreOf("Bob"), 5, "Ada plays on, and Bob's points stay his");
  bob.take(await context.newPage());
  await bob.open("/play/");
  await bob.faces("Ada");
  assert.equal(bob.newest("GAME_START").resumed, true);
  assert.equal(await bob.score(), 5);
  await bob.click(2);
  await until("Ada sees what Bob clicks", async () => (await ada.scoreOf("Bob")) === 7);

  const [mine, theirs] = await Promise.all([ada.result(), bob.result()]);
  assert.deepEqual([mine.mine, mine.theirs], [7, 7]);
  assert.deepEqual([theirs.mine, theirs.theirs], [7, 7]);
  assert.match(mine.headline, /draw/i);
});

scene("Who does not come back loses, and the other player is told why", { settings: { GRACE_SECONDS: "2", GAME_SECONDS: "20" } }, async (stage) => {
  const [ada, bob] = await stage.duel(still, still);
  await Promise.all([ada.begun(), bob.begun()]);
  await bob.click(3);
  await bob.allSafe();
  const context = bob.page.context();
  await bob.page.close();
  const result = await ada.result();
  assert.match(result.headline, /you win/i);
  assert.match(result.words, /Bob lost the connection/);

  // Who comes back too late is told as well.
  bob.take(await context.newPage());
  await bob.open("/play/");
  assert.match((await bob.result()).words, /away for too long/);
});

scene("A second window takes the seat, and the first one can take it back", { settings: { GAME_SECONDS: "20" } }, async (stage) => {
  const [ada, bob] = await stage.duel(still, still);
  await Promise.all([ada.begun(), bob.begun()]);
  await ada.click(3);
  await ada.allSafe();

  const older = ada.page;
  const replaced = (page) => page.getByRole("heading", { name: /playing in another window/i });
  const newer = await older.context().newPage();
  ada.take(newer);
  await ada.open("/play/");
  await ada.faces("Bob");
  assert.equal(await ada.score(), 3, "the newer window has the game as it stands");
  await replaced(older).waitFor();
  await ada.click(2);
  await ada.allSafe();

  ada.take(older);
  await older.getByRole("button", { name: "Play here" }).click();
  await ada.faces("Bob");
  await until("the older window has caught up", async () => (await ada.score()) === 5);
  await replaced(newer).waitFor();
  await ada.click();
  await until("Bob sees it", async () => (await bob.scoreOf("Ada")) === 6);
  assert.equal(await replaced(older).count(), 0, "and the two windows do not fight over it");
});
