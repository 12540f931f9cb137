// What the pages say about duels that are over: the history, the leaderboards, and one's own place on them.
import assert from "node:assert/strict";
import { accessible } from "./support/axe.mjs";
import { ClusterWithDynamoDB } from "./support/cluster.mjs";
import { givesUpPractice, strangersPlay } from "./support/crowd.mjs";
import { saved } from "./support/memory.mjs";
import { phone, picture, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { notFound, serverAway } from "./support/watch.mjs";

const phoneStill = { ...phone, reducedMotion: "reduce" };
/** Long enough to click on a machine that is busy. */
const short = { GAME_SECONDS: "10", COUNTDOWN_SECONDS: "1" };
/** The balancer answers for a pod that is gone until it has noticed, and has no icon. */
const pods = { on: ClusterWithDynamoDB, settings: short, expected: [serverAway, notFound("/favicon.ico")], timeout: 240_000 };

scene("On pods with DynamoDB a duel is found in both histories and on the boards, also when a pod is lost, and on another pod", pods, async (stage) => {
  const [ada, bob] = await stage.duel(still, phoneStill);
  await Promise.all([ada.begun(), bob.begun()]);
  await Promise.all([ada.click(5), bob.click(2)]);
  const [won, lost] = await Promise.all([ada.result(), bob.result()]);
  await Promise.all([saysSaved(ada, "1st"), saysSaved(bob, "2nd")]);
  await Promise.all([picture(ada, "results-saved-desktop"), picture(bob, "results-saved-phone")]);

  const score = `${won.mine} to ${won.theirs}`;
  const expected = async () => {
    assert.deepEqual(await duels(ada), [`against Bob time was up Win ${score}`]);
    assert.deepEqual(await duels(bob), [`against Ada time was up Loss ${lost.mine} to ${lost.theirs}`]);
    for (const board of ["This week", "All time"]) {
      for (const [player, place] of [[ada, "1st"], [bob, "2nd"]]) {
        await player.showBoard(board);
        await ranked(player, place, player === ada ? won.mine : won.theirs);
        const you = (other) => (player === other ? " you" : "");
        assert.deepEqual(await rows(player), [`1 Ada${you(ada)} 1 of 1 won ${won.mine}`, `2 Bob${you(bob)} 0 of 1 won ${won.theirs}`]);
      }
    }
  };
  await Promise.all([ada.toMenu(), bob.toMenu()]);
  await Promise.all([saved(ada), saved(bob)]);
  await expected();
  await Promise.all([accessible(ada, "the menu with results"), accessible(bob, "the menu with results, on a phone")]);

  // Whichever they are on now: each pod in turn is the only one that they ask.
  for (const pod of stage.server.pods) {
    await Promise.all([ada, bob].map((player) => player.page.goto(stage.server.addressOf(pod))));
    await Promise.all([saved(ada), saved(bob)]);
    await expected();
  }
  const [first, ...others] = stage.server.pods;
  await stage.server.kill(first);
  await Promise.all([ada, bob].map((player) => until("a pod that lives", () => opens(player), { within: 30_000 })));
  await Promise.all([saved(ada), saved(bob)]);
  await expected();
  await picture(ada, "results-pods-desktop");

  // Until the balancer has noticed, it is what answers a browser on its way to the next page, and says 503.
  await stage.server.only(...others);
  await Promise.all([ada.play(), bob.play()]);
  await Promise.all([ada.result(), bob.result()]);
  await Promise.all([ada, bob].map((player) => player.page.getByRole("button", { name: "Next duel" }).click()));
  await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
  await quits(bob);
  await Promise.all([ada.result(), bob.result()]);
  await Promise.all([ada.toMenu(), bob.toMenu()]);
  await Promise.all([saved(ada), saved(bob)]);
  assert.deepEqual(await duels(ada), ["against Bob they quit Win 0 to 0", "against Bob same score at the end Draw 0 to 0", `against Bob time was up Win ${score}`]);
  assert.deepEqual((await duels(bob)).slice(0, 2), ["against Ada you quit Loss 0 to 0", "against Ada same score at the end Draw 0 to 0"]);
  await until("the board counts all three", async () => (await rows(ada))[0]?.includes("2 of 3 won"));
  await Promise.all([down(ada, "results-three-desktop"), down(bob, "results-three-phone", bob.page.getByRole("region", { name: "Your duels" }))]);
});

scene("While DynamoDB is away the pages say that a result is safe, and show it when it is back", { ...pods, settings: { ...short, GAME_SECONDS: "600" } }, async (stage) => {
  const [ada, bob] = await stage.duel(still, phoneStill);
  await ada.begun();
  await ada.click(2);
  await stage.server.cutDynamoDB();
  await quits(bob);
  await Promise.all([ada.result(), bob.result()]);
  await ada.page.getByText("Saving the result").waitFor();
  await picture(ada, "results-saving-desktop");
  const late = (player) => player.page.getByText("The result is safe, and will be in your duels soon.").waitFor({ timeout: 60_000 });
  await Promise.all([late(ada), late(bob)]);
  await Promise.all([picture(ada, "results-late-desktop"), picture(bob, "results-late-phone")]);
  // Who one is, and the next duel, do not need it.
  await bob.toMenu();
  await bob.page.getByText("Playing as a guest").waitFor();
  await bob.page.getByText("Your duels could not be fetched.").waitFor();
  await down(bob, "results-away-phone", bob.page.getByRole("region", { name: "Your duels" }));
  await bob.play();
  await bob.searches();
  await bob.page.getByRole("button", { name: "Cancel" }).click();
  await stage.server.healDynamoDB();
  await until("it is there for who looks again", async () => {
    await ada.page.getByRole("button", { name: "Look again" }).click({ timeout: 500 }).catch(() => {});
    return ada.page.getByText("Saved. You are 1st this week.").isVisible();
  }, { within: 60_000, every: 500 });
  await until("it is in both histories", async () => {
    await bob.page.reload();
    await saved(bob);
    return (await duels(bob)).length === 1;
  }, { within: 60_000, every: 1_000 });
  await bob.page.getByText("Your rank: 2nd").waitFor();
});

scene("Who is far down a board sees the top, and the own place between its neighbours", { settings: { GAME_SECONDS: "3" }, timeout: 120_000 }, async (stage) => {
  const ada = await stage.player("Ada", still);
  const long = await stage.player("WWWWWWWWWWWWWWWWWWWW", phoneStill);
  await Promise.all([ada.signIn(), long.signIn()]);
  await ada.page.getByText("Nobody yet", { exact: true }).waitFor();
  await Promise.all([picture(ada, "results-empty-desktop"), down(long, "results-empty-phone")]);
  await ada.showBoard("This week");
  await ada.page.getByText("Nobody has played this week yet").waitFor();
  await accessible(ada, "an empty board");

  await strangersPlay(stage.server, 8);
  await Promise.all([ada.page.reload(), long.page.reload()]);
  await until("the top is ten", async () => (await ada.leaderboard().count()) === 10 && (await long.leaderboard().count()) === 10);
  await ada.page.getByText("Play a ranked duel to get a place.").waitFor();
  await Promise.all([down(ada, "results-no-rank-desktop"), down(long, "results-no-rank-phone")]);

  await Promise.all([ada.play(), long.play()]);
  await Promise.all([ada.faces(long.name), long.faces("Ada")]);
  await ada.begun();
  await quits(ada);
  await Promise.all([ada.result(), long.result()]);
  await Promise.all([ada.toMenu(), long.toMenu()]);
  await Promise.all([saved(ada), saved(long)]);
  for (const player of [ada, long]) {
    for (const board of ["All time", "This week"]) {
      await player.showBoard(board);
      const row = await until(`${player.name} has a place`, async () => (await rows(player)).find((words) => words.includes(`${player.name} you `)));
      const own = parseInt(row, 10);
      const places = (await rows(player)).map((words) => parseInt(words, 10));
      assert.ok(own > 12, `nobody has fewer points: place ${own}`);
      assert.deepEqual(places.slice(0, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      assert.deepEqual(places.slice(10), [-2, -1, 0, 1, 2].map((by) => own + by).filter((place) => place <= 18));
      await player.page.getByText(`Your rank: ${own}th`).waitFor();
      assert.ok(await player.page.getByText("Around you").isVisible());
    }
  }
  await accessible(ada, "a board with neighbours");
  await accessible(long, "a board with neighbours, on a phone");
  for (const player of [ada, long]) await player.page.getByText("Around you").evaluate((gap) => gap.scrollIntoView({ block: "center" }));
  await Promise.all([picture(ada, "results-around-desktop"), picture(long, "results-around-phone")]);
});

const all = 18;

scene("The history shows more on demand, and keeps what it has when the server is away", { expected: [serverAway] }, async (stage) => {
  const ada = await stage.player("Ada", still);
  await ada.signIn();
  await givesUpPractice(ada, all);
  await until("all of them are recorded", async () => (await recorded(ada)) === all);
  await ada.page.reload();
  await saved(ada);
  assert.equal(await ada.history().count(), 5);
  assert.match(await ada.history().first().innerText(), /practice, hard\s+you quit/);
  // No bot is on the board, and who plays with one is not either.
  await ada.page.getByText("Nobody yet", { exact: true }).waitFor();
  const more = ada.page.getByRole("button", { name: "Show more" });
  await more.focus();
  await ada.page.keyboard.press("Enter");
  await until("the next page", async () => (await ada.history().count()) === 15);
  assert.ok(await more.evaluate((button) => button === document.activeElement), "the focus stays where it was");

  await stage.server.end("SIGKILL");
  await more.click();
  await ada.page.getByText("Older duels could not be fetched.").waitFor();
  assert.equal(await ada.history().count(), 15, "what was shown stays");
  await ada.page.getByText("Older duels could not be fetched.").scrollIntoViewIfNeeded();
  await picture(ada, "results-more-failed-desktop");
  await ada.board().evaluate((board) => board.scrollIntoView());
  await ada.showBoard("This week");
  await ada.page.getByText("Fetching the leaderboard").waitFor({ state: "attached" });
  await picture(ada, "results-loading-desktop");
  await ada.page.getByText("The leaderboard could not be fetched.").waitFor();
  await picture(ada, "results-board-failed-desktop");

  await stage.server.start();
  await ada.board().getByRole("button", { name: "Try again" }).click();
  await ada.page.getByText("Nobody has played this week yet").waitFor();
  const again = ada.page.getByRole("region", { name: "Your duels" }).getByRole("button", { name: "Try again" });
  await again.focus();
  await ada.page.keyboard.press("Enter");
  await ada.page.getByText("That is all of them.").waitFor();
  assert.equal(await ada.history().count(), all, "each of them once");
  assert.ok(await ada.page.getByText("That is all of them.").evaluate((end) => end === document.activeElement), "the focus is at the end of the list");
  await ada.page.getByText("That is all of them.").scrollIntoViewIfNeeded();
  await picture(ada, "results-all-desktop");
});

/** A picture of the lower part of the page. */
async function down(player, name, from = player.board()) {
  await from.evaluate((card) => card.scrollIntoView());
  await picture(player, name);
}

async function saysSaved(player, place, timeout = 20_000) {
  await player.page.getByText(`Saved. You are ${place} this week.`).waitFor({ timeout });
}

async function ranked(player, place, points) {
  await player.page.getByText(new RegExp(`^Your rank: ${place}${points} points?$`)).waitFor();
}

async function opens(player) {
  const answer = await player.page.goto(`${player.address}/`);
  return answer.ok();
}

async function quits(player) {
  await player.page.keyboard.press("Escape");
  await player.page.getByRole("button", { name: "Quit", exact: true }).click();
}

/** What each duel of the history says, but not when it was. */
async function duels(player) {
  return (await said(player.history())).map((words) => words.replace(/(just now|\d+ minutes? ago) /, ""));
}

/** What each row of the leaderboard says: rank, name, games and points. */
async function rows(player) {
  return said(player.leaderboard());
}

/** All the words of these, but what is only drawn. */
async function said(found) {
  return found.evaluateAll((elements) =>
    elements.map((element) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const words = [];
      while (texts.nextNode() !== null) {
        if (texts.currentNode.parentElement.closest('[aria-hidden="true"]') === null) words.push(texts.currentNode.data);
      }
      return words.join(" ").replaceAll(/\s+/g, " ").trim();
    }),
  );
}

async function recorded(player) {
  const answer = await player.page.request.get(`${player.address}/api/history?limit=100`);
  return (await answer.json()).games.length;
}
