import assert from "node:assert/strict";
import { scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { notFound } from "./support/watch.mjs";

scene("No page makes the browser complain, of its policy or of anything else", { expected: [notFound("/no-such-page")] }, async (stage) => {
  const ada = await stage.player("Ada", still);
  for (const [path, heading] of [
    ["/", "Overcookied"],
    ["/play/", "Overcookied"],
    ["/no-such-page", "Only crumbs here"],
  ]) {
    await ada.open(path);
    await ada.page.getByRole("heading", { name: heading }).waitFor();
  }
  await ada.page.getByRole("link", { name: "Back to the bakery" }).click();
  await ada.page.getByRole("textbox", { name: "Your name" }).waitFor();
  await ada.open("/api/docs");
  await ada.page.getByText("/api/leaderboard").first().waitFor();
});

scene("Who opens the duel without a session signs in there and finds an opponent", {}, async (stage) => {
  const ada = await stage.player("Ada", still);
  await ada.open("/play/");
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await ada.page.getByRole("button", { name: "Come on in" }).click();
  await ada.searches();
  await ada.page.getByRole("button", { name: "Cancel" }).click();
  await ada.page.getByRole("link", { name: "Account" }).click();
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.page.getByRole("button", { name: "Come on in" }).waitFor();
});

scene("A name that is too short is refused in words", { expected: [({ words }) => words.includes("400 (Bad Request)")] }, async (stage) => {
  const ada = await stage.player("Ada", still);
  const name = ada.page.getByRole("textbox", { name: "Your name" });
  await name.fill("A");
  await name.press("Enter");
  // The hint under the field says much the same before the server has answered.
  await ada.page.locator('input[aria-invalid="true"]').waitFor();
  const words = await name.evaluate((field) => document.getElementById(field.getAttribute("aria-describedby")).textContent);
  assert.match(words, /3 to 20|at least 3|short/i);
});

const caught = [];
const inline = (complaint) => /inline|script-src/.test(complaint.words) && caught.push(complaint.kind) > 0;

scene("What the policy forbids does not run, and these tests would notice it", { expected: [inline] }, async (stage) => {
  const ada = await stage.player("Ada", still);
  await ada.page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
  });
  await until("the policy is heard of", () => caught.includes("policy") && caught.includes("error"));
  assert.equal(await ada.page.evaluate(() => window.ran), undefined);
});
