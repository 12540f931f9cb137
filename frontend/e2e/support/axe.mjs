// axe-core, run in the page as it stands. It comes in through the debugger, so the policy stays as strict as it is.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function accessible(player, where) {
  await player.settled();
  await player.page.evaluate(source);
  const violations = await player.page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) }));
  });
  assert.deepEqual(violations, [], `axe finds nothing on: ${where}`);
}
