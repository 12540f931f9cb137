// A person in front of a page: sees what is on it, and presses what can be pressed. Everything is found by
// role, name and text, as a person would, and every click is one of the browser's own, with hit testing.
import { until } from "./until.mjs";

const golden = /golden cookie/i;

export class Player {
  constructor(name, page, address) {
    this.name = name;
    this.address = address;
    this.take(page);
  }

  /** Goes on in another window. */
  take(page) {
    this.page = page;
    this.heard = [];
    this.said = [];
    page.setDefaultTimeout(10_000);
    let connections = 0;
    page.on("websocket", (socket) => {
      const connection = ++connections;
      socket.on("framereceived", ({ payload }) => this.heard.push({ at: Date.now(), connection, ...JSON.parse(String(payload)) }));
      socket.on("framesent", ({ payload }) => this.said.push(JSON.parse(String(payload))));
    });
  }

  async open(path) {
    await this.page.goto(this.address + path);
  }

  // The menu

  async signIn() {
    await this.page.getByRole("textbox", { name: "Your name" }).fill(this.name);
    await this.page.getByRole("button", { name: "Come on in" }).click();
    await this.page.getByRole("link", { name: "Play", exact: true }).waitFor();
  }

  /** Goes to `Google` or `GitHub`, and until a page is there: theirs, or ours again if they ask nothing. */
  async continueWith(provider) {
    await this.leaveBy(this.page.getByRole("link", { name: `Continue with ${provider}` }));
  }

  /** The same of a guest, from the account. */
  async moveInWith(provider) {
    await this.leaveBy(this.page.getByRole("button", { name: `Continue with ${provider}` }));
  }

  async leaveBy(control) {
    const there = this.page.waitForEvent("domcontentloaded");
    await control.click();
    await there;
  }

  async toAccount() {
    await this.page.getByRole("link", { name: "Account" }).click();
    await this.page.getByRole("heading", { name: "Your account" }).waitFor();
  }

  async play() {
    await this.page.getByRole("link", { name: "Play", exact: true }).click();
  }

  async searches() {
    await this.page.getByRole("heading", { name: "Finding an opponent" }).waitFor();
    await this.page.getByText(/in the queue/).waitFor();
  }

  async toMenu() {
    await this.page.getByRole("button", { name: "Menu" }).click();
    await this.page.getByRole("heading", { name: "Leaderboard" }).waitFor();
  }

  history() {
    return this.page.getByRole("region", { name: "Your duels" }).getByRole("listitem");
  }

  board() {
    return this.page.getByRole("region", { name: "Leaderboard" });
  }

  /** The rows with somebody in them. */
  leaderboard() {
    return this.board().getByRole("row").filter({ has: this.page.getByRole("rowheader") });
  }

  /** `All time` or `This week`. */
  async showBoard(name) {
    await this.board().getByRole("tab", { name }).click();
    await this.board().getByRole("tabpanel", { name }).waitFor();
  }

  // The duel

  async faces(opponent) {
    await this.page.getByRole("heading", { name: `Duel: ${this.name} against ${opponent}`, includeHidden: true }).waitFor({ state: "attached" });
  }

  /** Until clicks count. */
  async begun() {
    await until(`${this.name} may click`, () => this.newest("GAME_START", "UPDATE")?.countdown === 0);
  }

  async score() {
    return pointsIn(await this.page.getByRole("region", { name: `You, ${this.name}` }).textContent());
  }

  async scoreOf(opponent) {
    return pointsIn(await this.page.getByRole("region", { name: opponent, exact: true }).textContent());
  }

  async secondsLeft() {
    return parseInt((await this.page.getByRole("timer").getAttribute("aria-label")) ?? "", 10);
  }

  cookie() {
    return this.page.getByRole("button", { name: /^the cookie/i });
  }

  paused() {
    return this.page.getByText("Paused", { exact: true });
  }

  goldenCookie() {
    return this.page.getByRole("button", { name: golden });
  }

  /** Somewhere on the cookie where nothing lies on top of it. */
  async spot() {
    return until("some of the cookie is free", () =>
      this.cookie().evaluate((button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        for (const [right, down] of [[0.5, 0.5], [0.35, 0.35], [0.65, 0.65], [0.65, 0.35], [0.35, 0.65]]) {
          const at = { x: x + width * right, y: y + height * down };
          if (button.contains(document.elementFromPoint(at.x, at.y))) return at;
        }
        return null;
      }),
    );
  }

  /** So many clicks, each of them seen on the page before the next. */
  async click(times = 1) {
    await this.counted(times, async () => {
      const { x, y } = await this.spot();
      await this.page.mouse.click(x, y);
    });
  }

  /** Clicks on and on, several times a second, until the answer is called: then resolves. */
  async clickAway() {
    let going = true;
    const { x, y } = await this.spot();
    const clicking = (async () => {
      while (going) await this.page.mouse.click(x, y, { delay: 80 });
    })();
    clicking.catch(() => {});
    return () => {
      going = false;
      return clicking;
    };
  }

  async tap(times = 1) {
    await this.counted(times, async () => {
      const { x, y } = await this.spot();
      await this.page.touchscreen.tap(x, y);
    });
  }

  async press(key, times = 1) {
    await this.counted(times, () => this.page.keyboard.press(key));
  }

  async counted(times, act) {
    for (let i = 0; i < times; i++) {
      const before = await this.score();
      await act();
      await until(`a click of ${this.name} is seen`, async () => (await this.score()) > before, { within: 5000, every: 10 });
    }
  }

  /** Goes for golden cookies until one is his. */
  async claimGolden() {
    const mine = () => this.all("UPDATE").some(({ goldenCookieClaimedBy }) => goldenCookieClaimedBy === this.id);
    await until(`a golden cookie for ${this.name}`, async () => {
      const box = await this.goldenCookie().boundingBox({ timeout: 300 }).catch(() => null);
      if (box !== null) await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      return mine();
    });
  }

  // The end

  verdict(within = 40_000) {
    return this.page.getByRole("region", { name: "The score" }).waitFor({ timeout: within }).then(() => this.page.getByRole("heading", { level: 1 }).innerText());
  }

  /** What the page says it came to, once it says so. */
  async result() {
    const headline = await this.verdict();
    const text = (await this.page.getByRole("region", { name: "The score" }).textContent()) ?? "";
    const numbers = (unit) => [...text.matchAll(unit)].map(([, number]) => Number(number));
    const [mine, theirs] = numbers(/(\d+) points/g);
    const [myClicks, theirClicks] = numbers(/(\d+) clicks?/g);
    return { headline, mine, theirs, myClicks, theirClicks, words: await this.page.getByRole("main").innerText() };
  }

  // What came through the socket: to know when something has happened, not what it must look like.

  all(...types) {
    return this.heard.filter(({ type }) => types.includes(type)).map(({ payload }) => payload);
  }

  newest(...types) {
    return this.all(...types).at(-1);
  }

  get id() {
    return this.newest("HELLO").playerId;
  }

  /** My points as the server has confirmed them, oldest first. */
  acknowledged() {
    const seat = this.newest("GAME_START").role;
    return this.all("GAME_START", "UPDATE").map((state) => state[`${seat}Score`]);
  }

  /** How many inputs this page has made in its game: it numbers them, and may have sent one twice. */
  inputs() {
    const { roomId } = this.newest("GAME_START", "GAME_OVER");
    const own = this.said.filter(({ type, payload }) => /CLICK/.test(type) && payload.roomId === roomId);
    return new Set(own.map(({ payload }) => payload.n)).size;
  }

  /** Until nothing that was clicked is without its acknowledgement. */
  async allSafe() {
    await until(`everything that ${this.name} clicked is safe`, async () => this.acknowledged().at(-1) === (await this.score()), { within: 5000 });
  }

  /** Remembers every score of mine that this page shows from now on. */
  async followScore() {
    await this.page.evaluate((label) => {
      window.shown = [];
      const look = () => {
        const points = /(\d+) points/.exec(document.querySelector(`[aria-label="${label}"]`)?.textContent ?? "");
        if (points !== null) window.shown.push(Number(points[1]));
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    }, `You, ${this.name}`);
  }

  async lowestShown() {
    return this.page.evaluate(() => Math.min(...window.shown));
  }

  /** The first step back of my score, if there was any: without gold that is a click that was taken and lost. */
  async stepBack() {
    return this.page.evaluate(() => {
      const at = window.shown.findIndex((score, i) => score < window.shown[i - 1]);
      return at < 0 ? null : window.shown.slice(at - 1, at + 1);
    });
  }

  /** Remembers how the sockets of every page after this one end, in `closes`. */
  async followCloses() {
    this.closes = [];
    await this.page.exposeBinding("socketClosed", (_, close) => this.closes.push(close));
    await this.page.addInitScript(() => {
      window.WebSocket = class extends WebSocket {
        constructor(...args) {
          super(...args);
          this.addEventListener("close", ({ code }) => window.socketClosed({ code, at: Date.now() }));
        }
      };
    });
  }

  // Without a mouse

  /** Tab by Tab, as somebody does who has only a keyboard. */
  async tabTo(control) {
    await control.waitFor();
    for (let i = 0; i < 30; i++) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${this.name} cannot reach ${control} with the Tab key`);
  }

  /** Until the fonts are there, and what moves only once has come to rest; in a game something new always moves. */
  async settled() {
    await this.page.evaluate(async () => {
      await document.fonts.ready;
      const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
      const rest = Promise.allSettled(passing.map((one) => one.finished));
      await Promise.race([rest, new Promise((resolve) => setTimeout(resolve, 1000))]);
    });
  }
}

function pointsIn(text) {
  const [, points] = /(\d+) points/.exec(text ?? "") ?? [];
  return points === undefined ? NaN : Number(points);
}
