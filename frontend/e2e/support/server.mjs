// A server of our own: started on a free port with a data folder of its own, killed, started again.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "./until.mjs";

const run = promisify(execFile);

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const binary = process.env.OVERCOOKIED_BIN ?? path.join(root, "target/release/overcookied");
export const pages = process.env.E2E_PAGES ?? path.join(root, "frontend/out");

/** Short games, and no golden cookie unless a test asks for one: then every click is one point. */
export const usual = {
  GAME_SECONDS: "8",
  COUNTDOWN_SECONDS: "1",
  GRACE_SECONDS: "15",
  GOLDEN_COOKIE_MIN_SECONDS: "600",
  GOLDEN_COOKIE_MAX_SECONDS: "600",
  BONUS_SECONDS: "3",
};

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

export class Server {
  #child = null;
  #said = "";

  constructor(folder, port, settings) {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
  }

  static async start(settings = {}, port = undefined) {
    const folder = await mkdtemp(path.join(tmpdir(), "overcookied-e2e-"));
    const server = new this(folder, port ?? (await freePort()), settings);
    try {
      await server.start();
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return server;
  }

  /** Also the way back after `end`: same port, same data. */
  async start() {
    const child = spawn(binary, ["serve"], {
      env: {
        PATH: process.env.PATH,
        RUST_LOG: "info",
        ...usual,
        ...this.settings,
        HOST: "127.0.0.1",
        PORT: String(this.port),
        METRICS_PORT: "0",
        DATA_DIR: path.join(this.folder, "data"),
        WEB_DIR: pages,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.#said += text));
    child.on("exit", () => running.delete(child));
    child.on("error", (error) => (this.#said += `${error}\n`));
    await until("the server is ready", () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`the server (${binary}) did not start:\n${this.#said}`);
      return fetch(`http://127.0.0.1:${this.port}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  /** Ends the process and gives back its exit code; null when the signal ended it. */
  async end(signal) {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, "exit");
    child.kill(signal);
    const [code] = await gone;
    return code;
  }

  /** Fails if there are secrets in what the server has said. */
  async dispose() {
    await this.end("SIGKILL");
    const log = path.join(this.folder, "server.log");
    await writeFile(log, this.#said);
    const keys = ["--keys", path.join(this.folder, "data", "session-key.pem")];
    const secrets = Object.entries(this.settings).filter(([name]) => name.endsWith("_SECRET"));
    const known = secrets.flatMap(([, secret]) => ["--secret", secret]);
    try {
      await run(path.join(root, "scripts/secrets-in-logs"), [...keys, ...known, log]);
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  address(host = "localhost") {
    return `http://${host}:${this.port}`;
  }

  get log() {
    return this.#said;
  }
}

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
