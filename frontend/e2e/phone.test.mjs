import assert from "node:assert/strict";
import { phone, picture, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { notFound } from "./support/watch.mjs";

const settings = { COUNTDOWN_SECONDS: "2", GAME_SECONDS: "18", GOLDEN_COOKIE_MIN_SECONDS: "7", GOLDEN_COOKIE_MAX_SECONDS: "8" };

scene("On a phone taps count, and every page fits the screen", { settings, expected: [notFound("/no-such-page")] }, async (stage) => {
  const ada = await stage.player("Ada", phone);
  const bob = await stage.player("Bob", still);
  await ada.open("/no-such-page");
  await fits(ada, "the page for what is not there");
  await ada.open("/play/");
  await ada.page.getByRole("textbox", { name: "Your name" }).waitFor();
  await fits(ada, "the duel, signed out");
  await ada.open("/");
  await ada.page.getByRole("textbox", { name: "Your name" }).waitFor();
  await fits(ada, "the menu, signed out");
  await picture(ada, "phone-menu-signed-out");
  await ada.signIn();
  await ada.page.getByText("Nobody yet", { exact: true }).waitFor();
  await fits(ada, "the menu");
  await picture(ada, "phone-menu");
  await bob.signIn();
  await ada.page.getByRole("link", { name: "Play", exact: true }).tap();
  await ada.searches();
  await fits(ada, "searching");
  await picture(ada, "phone-searching");

  await bob.play();
  await ada.faces("Bob");
  await fits(ada, "the countdown");
  await picture(ada, "phone-countdown");
  await ada.begun();
  await centreIsFree(ada);
  await fits(ada, "the duel");
  await ada.tap(5);
  await bothThumbs(ada);
  assert.equal(await ada.score(), 7, "every tap is one point, whichever finger it is");
  assert.equal(await ada.page.evaluate(() => window.visualViewport.scale), 1, "and fast taps do not zoom");
  await ada.goldenCookie().waitFor();
  await picture(ada, "phone-duel-golden");
  const result = await ada.result();
  assert.equal(result.mine, 7);
  await fits(ada, "the result");
  await picture(ada, "phone-result-win");
});

async function fits(player, where) {
  const box = await player.page.evaluate(() => {
    window.scrollTo(1000, 0);
    const found = { wide: document.documentElement.scrollWidth, seen: window.innerWidth, right: window.scrollX };
    window.scrollTo(0, 0);
    return found;
  });
  const width = player.page.viewportSize().width;
  assert.deepEqual(box, { wide: width, seen: width, right: 0 }, `nothing scrolls sideways: ${where}`);
}

async function centreIsFree(player) {
  const above = await player.cookie().evaluate((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return button.contains(top) ? null : top.outerHTML.slice(0, 200);
  });
  assert.equal(above, null, "nothing lies on the middle of the cookie");
}

/** Two fingers that come down in the same moment. */
async function bothThumbs(player) {
  const before = await player.score();
  const { x, y } = await player.spot();
  const session = await player.page.context().newCDPSession(player.page);
  const touchPoints = [
    { x: x - 30, y, id: 0 },
    { x: x + 30, y, id: 1 },
  ];
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await until("two thumbs are two clicks", async () => (await player.score()) === before + 2);
}
