// Games by the dozen, over real sockets: what a leaderboard and a long history are made of.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { binary } from "./server.mjs";

const run = promisify(execFile);

/** So many duels of strangers, all at once, each of them to its end. */
export async function strangersPlay(server, duels) {
  await run(binary, ["swarm", "--url", server.address("127.0.0.1"), "--duels", String(duels), "--golden-share", "0"]);
}

/** So many practice games of the player, through the socket of this page: each one is given up as soon as it begins. */
export async function givesUpPractice(player, games) {
  await player.page.evaluate(async (games) => {
    const socket = new WebSocket(`ws://${window.location.host}/ws`);
    const say = (type, payload = {}) => socket.send(JSON.stringify({ type, payload }));
    const over = new Set();
    await new Promise((resolve, reject) => {
      socket.onclose = () => reject(new Error(`closed after ${over.size} games`));
      socket.onmessage = ({ data }) => {
        const { type, payload } = JSON.parse(data);
        if (type === "HELLO") say("PRACTICE", { strength: "hard" });
        if (type === "GAME_START") say("QUIT_GAME");
        if (type !== "GAME_OVER" || over.has(payload.roomId)) return;
        over.add(payload.roomId);
        if (over.size === games) resolve();
        else say("PRACTICE", { strength: "hard" });
      };
    });
    socket.close();
  }, games);
}
