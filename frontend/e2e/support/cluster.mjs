// Three pods, Valkey and a load balancer of our own (scripts/cluster), to lose pods under a game.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort, pages, binary, root, usual } from "./server.mjs";

const run = promisify(execFile);
const scripts = path.join(root, "scripts");

/** Rigs outlive whoever started them, so whatever happens to this process, they are ended with it. */
const running = new Set();
process.on("exit", () => {
  for (const cluster of running) execFileSync(...cluster.ending());
});

export class Cluster {
  #pods = [];
  /** Where results are recorded. */
  static results = "sqlite";

  constructor(folder, port, settings) {
    this.folder = folder;
    this.port = port;
    this.env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", RUST_LOG: "info", ...usual, ...settings };
  }

  static async start(settings = {}, port = undefined) {
    const folder = await mkdtemp(path.join(tmpdir(), "overcookied-e2e-"));
    const cluster = new this(folder, port ?? (await freePort()), settings);
    running.add(cluster);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  /** Without network namespaces: nothing is cut here, and so no root is needed. */
  async #start() {
    Object.assign(this.env, { PORT: String(this.port), WEB_DIR: pages, OVERCOOKIED_BIN: binary });
    await this.#command("start", "--loopback", "--results", this.constructor.results);
    const rig = JSON.parse(await readFile(path.join(this.folder, "rig.json"), "utf8"));
    this.#pods = Object.keys(rig.pod_ports).map(Number);
    this.ports = Object.fromEntries(this.#pods.map((pod) => [pod, rig.pod_ports[pod][0]]));
    this.metricsPorts = Object.fromEntries(this.#pods.map((pod) => [pod, rig.pod_ports[pod][1]]));
  }

  /** Numbered from 1. */
  get pods() {
    return this.#pods;
  }

  /** SIGKILL. */
  async kill(pod) {
    await this.#command("kill", String(pod));
  }

  /** Back, or again, and until it is ready. */
  async restart(pod) {
    await this.#command("restart", String(pod));
  }

  /** SIGTERM, and until its process is gone. */
  async drain(pod) {
    await this.#command("drain", String(pod));
  }

  /** Whatever comes from now on goes to these pods; what others have already stays there. */
  async only(...pods) {
    await this.rig(`balancer.only(${pods.join(", ")})`);
  }

  /** Another key signs from now on, once a pod has read the file again. */
  async rotateKeys() {
    await run(binary, ["keys", "rotate", "--file", path.join(this.folder, "session-keys.pem")]);
  }

  /** The names of the keys that a pod knows, the one that signs first. */
  async keysOf(pod) {
    const answer = await fetch(`${this.addressOf(pod)}/.well-known/jwks.json`);
    return (await answer.json()).keys.map(({ kid }) => kid);
  }

  /** Valkey keeps its connections and answers nothing, until `thaw`. */
  async freezeStore() {
    await this.rig("valkey.nodes[0].stop()");
  }

  async thawStore() {
    await this.rig("valkey.nodes[0].cont()");
  }

  /** The one pod that hosts a room; undefined while there is none, or a room is moving. */
  async host() {
    const hosts = await this.podsWith("overcookied_rooms");
    return hosts.length === 1 ? hosts[0] : undefined;
  }

  /** The pods that serve somebody, each as often as it serves one. */
  async serving() {
    return this.podsWith("overcookied_ws_connections");
  }

  /** Each pod as often as this metric says. */
  async podsWith(metric) {
    const found = await Promise.all(this.#pods.map(async (pod) => Array(await this.#metric(pod, metric)).fill(pod)));
    return found.flat();
  }

  /** A pod that does not answer has nothing. */
  async #metric(pod, name) {
    const text = await fetch(`http://127.0.0.1:${this.metricsPorts[pod]}/metrics`).then(
      (answer) => answer.text(),
      () => "",
    );
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length) ?? 0);
  }

  async #command(...words) {
    await run(path.join(scripts, "cluster"), ["--state", this.folder, ...words], { env: this.env });
  }

  /** What only the rig's own library can do. */
  async rig(call) {
    const [file, words, options] = this.#python(call);
    await run(file, words, options);
  }

  #python(call) {
    const program = "import pathlib, sys; from clusterlib.rig import Rig; Rig(pathlib.Path(sys.argv[1]))";
    return ["python3", ["-c", `${program}.${call}`, this.folder], { env: { ...this.env, PYTHONPATH: scripts } }];
  }

  /** How to end all of it at once. */
  ending() {
    return this.#python("stop(now=True)");
  }

  async dispose() {
    const [file, words, options] = this.ending();
    await run(file, words, options);
    running.delete(this);
    await rm(this.folder, { recursive: true, force: true });
  }

  address(host = "localhost") {
    return `http://${host}:${this.port}`;
  }

  /** Past the balancer. */
  addressOf(pod) {
    return `http://localhost:${this.ports[pod]}`;
  }

  get log() {
    const logs = path.join(this.folder, "logs");
    const text = (name) => `== ${name}\n${readFileSync(path.join(logs, name), "utf8")}`;
    return readdirSync(logs).sort().map(text).join("\n");
  }
}

/** Results are in DynamoDB, as moto plays it. */
export class ClusterWithDynamoDB extends Cluster {
  static results = "dynamodb";

  /** No pod reaches it, until `healDynamoDB`. */
  async cutDynamoDB() {
    await Promise.all(this.pods.map((pod) => this.rig(`dynamodb.door(${pod}).cut()`)));
  }

  async healDynamoDB() {
    await this.rig("dynamodb.heal()");
  }
}
