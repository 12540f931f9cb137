import assert from "node:assert/strict";
import { accessible } from "./support/axe.mjs";
import { picture, scene, still } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { notFound, serverAway } from "./support/watch.mjs";

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

const didNotCome = ({ words }) => words.includes("ChunkLoadError");

scene("A page of which a part did not come is whole again after a press", { expected: [serverAway, didNotCome] }, async (stage) => {
  const ada = await stage.player("Ada", still);
  const menu = await scriptsOf(stage.server, "/");
  const own = (await scriptsOf(stage.server, "/play/")).filter((script) => !menu.includes(script));
  assert.ok(own.length > 0, "the duel has scripts that the menu has not");
  const isOwn = ({ pathname }) => own.includes(pathname);
  await ada.page.route(isOwn, (route) => route.fulfill({ status: 503 }));
  await ada.signIn();
  await ada.play();
  await ada.page.getByRole("heading", { name: "Something burnt" }).waitFor();
  await accessible(ada, "a page that broke");
  await picture(ada, "pages-burnt-desktop");
  await ada.page.unroute(isOwn);
  await ada.page.getByRole("button", { name: "Bake it again" }).click();
  await ada.searches();
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

/** What the file of a page names. */
async function scriptsOf(server, path) {
  const page = await fetch(server.address() + path);
  return [...(await page.text()).matchAll(/src="([^"]+\.js)"/g)].map(([, script]) => script);
}
