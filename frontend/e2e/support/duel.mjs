// What two players do in a duel.
import { until } from "./until.mjs";

/** Both click on and on, and some of it is safe. What comes back stops it, and waits until all is safe. */
export async function clicking(both) {
  const stops = await Promise.all(both.map((player) => player.clickAway()));
  await until("both click", () => both.every((player) => player.newest("GAME_START", "UPDATE").ack >= 5));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all(both.map((player) => player.allSafe()));
  };
}

/** The first of them has seen enough. */
export async function quit(both) {
  const [first] = both;
  await first.page.keyboard.press("Escape");
  await first.page.getByRole("button", { name: "Quit", exact: true }).click();
  return Promise.all(both.map((player) => player.result()));
}
