import assert from "node:assert/strict";
import { accessible } from "./support/axe.mjs";
import { saved } from "./support/memory.mjs";
import { scene, still } from "./support/stage.mjs";

scene("Who is alone for ten seconds is offered a practice game, which is not ranked", { settings: { GAME_SECONDS: "4" } }, async (stage) => {
  const ada = await stage.player("Ada", still);
  await ada.signIn();
  await ada.play();
  await ada.searches();
  const searching = performance.now();
  const offer = ada.page.getByRole("region", { name: /warm up/i });
  await offer.waitFor({ timeout: 20_000 });
  assert.ok(performance.now() - searching > 7000, "the offer leaves time for a human opponent to come");
  assert.equal(await offer.getByRole("button").count(), 3);
  for (const strength of [/easy/i, /medium/i, /hard/i]) assert.equal(await offer.getByRole("button", { name: strength }).count(), 1);
  await accessible(ada, "the practice offer");

  await offer.getByRole("button", { name: /easy/i }).click();
  await ada.page.getByText(/practice, easy bot, not ranked/i).waitFor();
  await ada.begun();
  await ada.click(3);
  const result = await ada.result();
  assert.match(result.words, /practice, easy bot, not ranked/i);
  assert.ok(result.mine >= 3);

  await ada.toMenu();
  await saved(ada);
  assert.equal(await ada.history().count(), 1);
  assert.match(await ada.history().first().innerText(), /practice, easy/i);
  // A bot's game puts nobody on the leaderboard.
  await ada.page.getByText("Nobody yet", { exact: true }).waitFor();
});
