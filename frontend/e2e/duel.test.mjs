import assert from "node:assert/strict";
import { quit } from "./support/duel.mjs";
import { remembers } from "./support/memory.mjs";
import { picture, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

// Long enough for a machine that draws the moving pages slowly.
const gold = { GAME_SECONDS: "22", COUNTDOWN_SECONDS: "2", GOLDEN_COOKIE_MIN_SECONDS: "3", GOLDEN_COOKIE_MAX_SECONDS: "4", BONUS_SECONDS: "5" };

/** What the duel says on the way to the menu; that one says nearly the same while it does not know who is there. */
const leaving = "Warming up the oven…";

scene("Two guests sign in, play a duel with a golden cookie, and find its result in the menu", { settings: gold }, async (stage) => {
  const [ada, bob] = await Promise.all([stage.player("Ada"), stage.player("Bob", { ...still, host: "127.0.0.1" })]);
  await picture(ada, "desktop-menu-signed-out");
  await Promise.all([ada.signIn(), bob.signIn()]);
  await ada.play();
  await ada.searches();
  await picture(ada, "desktop-searching");
  await bob.play();
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  await picture(ada, "desktop-countdown");

  await Promise.all([ada.begun(), bob.begun()]);
  assert.equal(await ada.score(), 0, "what is clicked before GO counts for nothing");
  await Promise.all([ada.click(6), bob.click(3)]);
  await ada.goldenCookie().waitFor();
  await picture(ada, "desktop-duel-golden");
  await ada.claimGolden();
  const before = await ada.score();
  await ada.click();
  assert.equal(await ada.score(), before + 2, "with the bonus a click is two points");
  await picture(ada, "desktop-duel-bonus");

  const [mine, theirs] = await Promise.all([ada.result(), bob.result()]);
  assert.deepEqual([mine.mine, mine.theirs], [theirs.theirs, theirs.mine], "both see the same score");
  assert.deepEqual([mine.myClicks, mine.theirClicks], [theirs.theirClicks, theirs.myClicks], "and the same clicks");
  assert.ok(mine.mine >= 8, `all that Ada clicked is counted: ${mine.mine}`);
  assert.ok(theirs.mine >= 3, `all that Bob clicked is counted: ${theirs.mine}`);
  assert.match(mine.headline, /you win/i);
  assert.match(theirs.headline, /crumbs|so close/i);
  await Promise.all([picture(ada, "desktop-result-win"), picture(bob, "desktop-result-loss")]);

  await Promise.all([ada.toMenu(), bob.toMenu()]);
  await Promise.all([remembers(ada, bob, mine, /win/i), remembers(bob, ada, theirs, /loss/i)]);
  await picture(ada, "desktop-menu");
});

scene("One browser is two players at two addresses, and after a duel the next one is a press away", { settings: { GAME_SECONDS: "2" } }, async (stage) => {
  const context = await stage.context(still);
  const [ada, bob] = await stage.duel({ context }, { context, host: "127.0.0.1" });
  await Promise.all([ada.result(), bob.result()]);
  const first = ada.newest("GAME_OVER").roomId;
  for (const player of [ada, bob]) await player.page.getByRole("button", { name: "Next duel" }).click();
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  assert.notEqual(ada.newest("GAME_START").roomId, first);
  assert.equal(await ada.score(), 0);
});

scene("Who leaves for the menu on a slow line gets there, and is not put into the queue again", {}, async (stage) => {
  const [ada, bob] = await Promise.all([stage.player("Ada", still), stage.player("Bob", still)]);
  await Promise.all([ada.signIn(), bob.signIn()]);
  // From scratch, so that the page does not have the menu yet.
  await ada.open("/play/");
  await ada.searches();
  await slowly(ada, () => ada.page.getByRole("button", { name: "Cancel" }).click());

  await Promise.all([ada.open("/play/"), bob.open("/play/")]);
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  await quit([bob, ada]);
  await slowly(ada, () => ada.page.getByRole("button", { name: "Menu" }).click());
  const joins = ada.said.filter(({ type }) => type === "JOIN_QUEUE");
  assert.equal(joins.length, 2, "once for each time that she came to play");
});

scene("A page that was left for the menu, and is shown again as the browser kept it, looks for an opponent again", {}, async (stage) => {
  const ada = await stage.player("Ada", still);
  await ada.signIn();
  await ada.open("/play/");
  await ada.searches();
  // It is left for good only when the menu comes.
  await ada.page.route(/_rsc=/, () => {});
  await ada.page.getByRole("button", { name: "Cancel" }).click();
  await ada.page.getByText(leaving).waitFor();
  await ada.page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await ada.searches();
});

/** Goes to the menu, of which every part comes late. */
async function slowly(player, go) {
  let late = 0;
  await player.page.route(/_rsc=/, async (route) => {
    late += 1;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await go();
  await player.page.getByText(leaving).waitFor();
  await until("parts of the menu are asked for", () => late > 0);
  await player.page.getByRole("heading", { name: "Leaderboard" }).waitFor();
  await player.page.unrouteAll({ behavior: "ignoreErrors" });
}
