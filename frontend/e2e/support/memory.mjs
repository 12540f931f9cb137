// What the menu says about a duel that is over.
import assert from "node:assert/strict";
import { until } from "./until.mjs";

/** The one duel is in the history of this player, and both are on the leaderboard, with these points. Without a reload. */
export async function remembers(player, opponent, result, word) {
  await saved(player);
  assert.equal(await player.history().count(), 1);
  const game = await player.history().first().innerText();
  assert.match(game, new RegExp(opponent.name));
  assert.match(game, word);
  assert.match(game.replaceAll(/\s+/g, " "), new RegExp(`${result.mine}\\D+${result.theirs}$`));
  await until("both are on the leaderboard", async () => (await player.leaderboard().count()) === 2);
  const [first, second] = await player.leaderboard().allInnerTexts();
  const [winner, loser] = result.mine > result.theirs ? [player, opponent] : [opponent, player];
  assert.match(first, new RegExp(`${winner.name}[^]*${Math.max(result.mine, result.theirs)}`));
  assert.match(second, new RegExp(`${loser.name}[^]*${Math.min(result.mine, result.theirs)}`));
}

/** The history is there, and the newest duel in it is recorded: it says when it ended. */
export async function saved(player) {
  await player.page.getByText("Fetching your duels").waitFor({ state: "detached" });
  await player.history().first().getByRole("time").waitFor();
}
