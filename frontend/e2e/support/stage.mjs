// One test's world: a server of its own, and players with browser contexts of their own.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Player } from "./player.mjs";
import { Server } from "./server.mjs";
import { watch } from "./watch.mjs";

const artifacts = fileURLToPath(new URL("../../../artifacts", import.meta.url));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"];

export const desktop = { viewport: { width: 1280, height: 800 } };
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const still = { ...desktop, reducedMotion: "reduce" };

let browser;
before(async () => {
  if (!process.env.CHROMIUM) throw new Error("no CHROMIUM: scripts/browser runs these tests, and says where it is");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...flags, ...quiet] });
});
after(() => browser?.close());

class Stage {
  #contexts = [];
  #players = [];
  #complaints = [];

  constructor(server, expected) {
    this.server = server;
    this.expected = expected;
  }

  /** A browser of one person. */
  async context(options = desktop) {
    const context = await browser.newContext(options);
    this.#contexts.push(context);
    this.#complaints.push(await watch(context, this.expected));
    return context;
  }

  /** Somebody on the front page, with a browser of her own unless she shares a `context`. */
  async player(name, { host, context: shared, ...options } = desktop) {
    const context = shared ?? (await this.context({ ...desktop, ...options }));
    const player = new Player(name, await context.newPage(), this.server.address(host));
    this.#players.push(player);
    await player.open("/");
    return player;
  }

  /** Two players who are signed in and face each other. */
  async duel(first = desktop, second = desktop) {
    const [ada, bob] = await Promise.all([this.player("Ada", first), this.player("Bob", second)]);
    await Promise.all([ada.signIn(), bob.signIn()]);
    await Promise.all([ada.play(), bob.play()]);
    await Promise.all([ada.faces("Bob"), bob.faces("Ada")]);
    return [ada, bob];
  }

  get complaints() {
    return this.#complaints.flat();
  }

  /** What it looked like when it failed. */
  async keepEvidence(name) {
    const folder = path.join(artifacts, "browser-failures", name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 80));
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "server.log"), this.server.log);
    await writeFile(path.join(folder, "complaints.json"), JSON.stringify(this.complaints, null, 2));
    for (const { name: who, heard } of this.#players) {
      await writeFile(path.join(folder, `${who}.frames.jsonl`), heard.map((frame) => JSON.stringify(frame)).join("\n"));
    }
    const pages = this.#contexts.flatMap((context) => context.pages());
    await Promise.allSettled(pages.map((page, i) => page.screenshot({ path: path.join(folder, `page-${i + 1}.png`), timeout: 3000 })));
  }

  async dispose() {
    await Promise.allSettled(this.#contexts.map((context) => context.close()));
    await this.server.dispose();
  }
}

/**
 * A test on a stage: on a server of its own, or `on` something else. `settings` go to it; `expected` are the complaints of the browser that the test
 * cannot avoid. Any other one fails it.
 */
export function scene(name, { on = Server, settings = {}, expected = [], timeout = 90_000 } = {}, play) {
  test(name, { timeout }, async () => {
    const stage = new Stage(await on.start(settings), expected);
    try {
      await play(stage);
      assert.deepEqual(stage.complaints, [], "the browser has nothing to complain about");
    } catch (error) {
      await stage.keepEvidence(name);
      throw error;
    } finally {
      await stage.dispose();
    }
  });
}

/** Keeps a picture for people to look at. */
export async function picture(player, name) {
  await player.settled();
  await player.page.screenshot({ path: path.join(artifacts, "screens", `${name}.png`), animations: "allow", caret: "initial" });
}
