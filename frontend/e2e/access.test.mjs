import assert from "node:assert/strict";
import { accessible } from "./support/axe.mjs";
import { phone, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const gold = { GOLDEN_COOKIE_MIN_SECONDS: "1", GOLDEN_COOKIE_MAX_SECONDS: "2" };

scene("axe finds nothing to complain about on any page", { settings: { ...gold, GAME_SECONDS: "40" } }, async (stage) => {
  const ada = await stage.player("Ada", still);
  const bob = await stage.player("Bob", { ...phone, reducedMotion: "reduce" });
  await ada.page.getByRole("textbox", { name: "Your name" }).waitFor();
  await accessible(ada, "the menu, signed out");
  await ada.page.getByRole("button", { name: "Come on in" }).click();
  await accessible(ada, "the menu, with a name refused");
  await Promise.all([ada.signIn(), bob.signIn()]);
  await bob.page.getByText("Nobody yet", { exact: true }).waitFor();
  await accessible(bob, "the menu, signed in, on a phone");
  await ada.play();
  await ada.searches();
  await accessible(ada, "searching");
  await bob.play();
  await ada.faces("Bob");
  await ada.begun();
  await ada.goldenCookie().waitFor();
  await accessible(ada, "the duel");
  await accessible(bob, "the duel on a phone");
  await ada.claimGolden();
  await accessible(bob, "the duel with a bonus, on a phone");
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("dialog").waitFor();
  await accessible(ada, "the duel with the question whether to quit");
  await ada.page.getByRole("button", { name: "Quit", exact: true }).click();
  await Promise.all([ada.result(), bob.result()]);
  await accessible(ada, "the result, lost");
  await accessible(bob, "the result, won, on a phone");
  await ada.toMenu();
  await ada.leaderboard().first().waitFor();
  await accessible(ada, "the menu with a history");
});

scene("A keyboard is enough to sign in, play, take gold and quit", { settings: { ...gold, GAME_SECONDS: "30" } }, async (stage) => {
  const kay = await stage.player("Kay", still);
  const bob = await stage.player("Bob", still);
  const { page } = kay;
  await kay.tabTo(page.getByRole("textbox", { name: "Your name" }));
  await page.keyboard.type("Kay");
  await page.keyboard.press("Enter");
  await kay.tabTo(page.getByRole("link", { name: "Play", exact: true }));
  await page.keyboard.press("Enter");
  await kay.searches();
  await bob.signIn();
  await bob.play();
  await kay.faces("Bob");
  await kay.begun();

  await kay.press("Space", 4);
  await kay.press("Enter", 2);
  const before = await kay.score();
  await page.keyboard.down("Space");
  await until("the first press counts", async () => (await kay.score()) > before);
  const pressed = await kay.score();
  for (let i = 0; i < 5; i++) await page.keyboard.down("Space");
  await page.keyboard.up("Space");
  await kay.allSafe();
  assert.equal(await kay.score(), pressed, "a key that is held down does not click again and again");
  await until("G takes the golden cookie", async () => {
    await page.keyboard.press("g");
    return kay.all("UPDATE").some(({ goldenCookieClaimedBy }) => goldenCookieClaimedBy === kay.id);
  });

  const dialog = page.getByRole("dialog");
  const inDialog = () => dialog.evaluate((box) => box.contains(document.activeElement));
  await page.keyboard.press("Escape");
  await dialog.waitFor();
  assert.ok(await inDialog(), "the question has the focus");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await kay.press("Space", 1);
  await page.keyboard.press("Escape");
  await kay.tabTo(dialog.getByRole("button", { name: "Quit" }));
  await page.keyboard.press("Enter");
  const [mine, theirs] = await Promise.all([kay.result(), bob.result()]);
  assert.match(mine.words, /you left the kitchen/i);
  assert.match(theirs.words, /Kay left the kitchen/);
  await kay.tabTo(page.getByRole("button", { name: "Menu" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Leaderboard" }).waitFor();
});

scene("Who wants stillness can play, and nothing flies", { settings: { ...gold, GAME_SECONDS: "10" } }, async (stage) => {
  const countDrawing = () => {
    window.drawn = 0;
    const canvas = CanvasRenderingContext2D.prototype;
    for (const way of ["fill", "fillRect", "drawImage"]) {
      const draw = canvas[way];
      canvas[way] = function (...args) {
        window.drawn++;
        return draw.apply(this, args);
      };
    }
  };
  const [ada, bob] = await Promise.all([stage.player("Ada", still), stage.player("Bob", { viewport: { width: 480, height: 480 } })]);
  for (const player of [ada, bob]) {
    await player.page.addInitScript(countDrawing);
    await player.page.reload();
    await player.signIn();
    await player.play();
  }
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  await Promise.all([ada.begun(), bob.begun()]);
  await Promise.all([ada.click(4), bob.click(2)]);
  await ada.claimGolden();
  await ada.click(2);
  const drawn = (player) => player.page.evaluate(() => window.drawn);
  await until("particles fly for Bob, so we would see them", async () => (await drawn(bob)) > 0);
  const moving = await ada.page.evaluate(() =>
    document
      .getAnimations()
      .filter((one) => one.playState === "running" && one.effect.getComputedTiming().activeDuration > 50)
      .map((one) => one.effect.target.outerHTML.slice(0, 100)),
  );
  assert.deepEqual(moving, [], "nothing moves by itself");
  assert.match((await ada.result()).headline, /you win/i);
  await ada.settled();
  assert.equal(await drawn(ada), 0, "and no particle was drawn, not even for the winner");
});
