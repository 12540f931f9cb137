/**
 * Messages for tests: the golden fixtures that the Rust side reads too, and variants of them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GameOver, GameStart, ServerMessage, Update } from "@/lib/protocol/messages";
import { parseServerMessage } from "@/lib/protocol/parse";

export type Direction = "client" | "server";

const folder = (direction: Direction) =>
  fileURLToPath(new URL(`../../../protocol/fixtures/${direction}/`, import.meta.url));

export function fixtureNames(direction: Direction): string[] {
  return readdirSync(folder(direction))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

export function fixture(direction: Direction, name: string): string {
  return readFileSync(`${folder(direction)}${name}.json`, "utf8");
}

export function serverFrame(name: string): ServerMessage {
  const message = parseServerMessage(fixture("server", name));
  if (message === null) throw new Error(`fixture ${name} does not parse`);
  return message;
}

export const ROOM = "0192f3c1-7a50-4b7e-9d3a-5f1c2e8b6a01";
export const ADA = "3f2b8c1e-6d4a-4c57-8e19-0a7b5d2c9f11";
export const BOB = "9c7e1a54-2b83-4f06-a1d2-6e8f3b0c4d22";

export function hello(roomId: string | null = null, playerId = ADA): ServerMessage {
  return { type: "HELLO", payload: { protocol: 1, playerId, serverTime: 0, roomId } };
}

/** Ada sits at p1 against Bob, and the countdown is over. */
export function gameStart(change: Partial<GameStart> = {}): ServerMessage {
  const base = serverFrame("game-start");
  if (base.type !== "GAME_START") throw new Error("game-start is no GAME_START");
  const running = { countdown: 0, gameTime: 5000, version: 10 };
  return { type: "GAME_START", payload: { ...base.payload, ...running, ...change } };
}

export function update(version: number, ack: number, change: Partial<Update> = {}): ServerMessage {
  return { type: "UPDATE", payload: { ...change, version, ack } };
}

export function gameOver(change: Partial<GameOver> = {}): ServerMessage {
  const base = serverFrame("game-over");
  if (base.type !== "GAME_OVER") throw new Error("game-over is no GAME_OVER");
  return { type: "GAME_OVER", payload: { ...base.payload, ...change } };
}

export function error(code: string, from?: number): ServerMessage {
  return { type: "ERROR", payload: { code, message: `the server says ${code}`, from } };
}
