"use client";

import { type RefObject, useEffect } from "react";
import { crumbs, labelColors, points, sparks } from "@/components/particles/bursts";
import { type ParticleEngine } from "@/components/particles/engine";
import { play } from "@/components/sound/sound";
import { type Game } from "@/hooks/useGame";
import { type Particle } from "@/lib/game/state";

type Ref<T> = RefObject<T | null>;

/** Mine fly from the finger, the opponent's on their side of the board, and gold bursts for whoever took it. */
export function useDuelParticles(game: Game, engine: Ref<ParticleEngine>, board: Ref<HTMLElement>, cookie: Ref<HTMLElement>): void {
  const { onParticle, state } = game;
  const mine = state.me?.bonusUntil ?? null;
  const theirs = state.opponent?.bonusUntil ?? null;

  useEffect(
    () =>
      onParticle((p) => {
        if (p.kind !== "theirs") play("crunch");
        if (engine.current === null) return;
        const { x, y } = whence(p, board.current, cookie.current);
        if (p.kind !== "theirs") crumbs(engine.current, x, y);
        points(engine.current, x, y, `+${p.count}`, labelColors[p.kind], p.kind === "mineDouble" ? 46 : 34);
      }),
    [onParticle, engine, board, cookie],
  );

  useEffect(() => {
    if (mine === null) return;
    play("gold");
    burst(engine.current, cookie.current, 40, "#ffd24a");
  }, [mine, engine, cookie]);

  useEffect(() => {
    if (theirs === null) return;
    play("crack");
    const box = board.current?.getBoundingClientRect();
    if (box !== undefined && engine.current !== null) sparks(engine.current, box.right - 60, box.top + 20, 24, "#ff8a8d");
  }, [theirs, engine, board]);
}

function burst(engine: ParticleEngine | null, around: HTMLElement | null, many: number, color: string): void {
  const box = around?.getBoundingClientRect();
  if (engine !== null && box !== undefined) sparks(engine, box.x + box.width / 2, box.y + box.height / 2, many, color);
}

function whence(p: Particle, board: HTMLElement | null, cookie: HTMLElement | null): { x: number; y: number } {
  if (p.at !== null) return p.at;
  if (p.kind === "theirs") {
    const box = board?.getBoundingClientRect() ?? new DOMRect();
    return { x: box.right - 44 - Math.random() * 30, y: box.top + 70 + Math.random() * box.height * 0.3 };
  }
  const box = cookie?.getBoundingClientRect() ?? new DOMRect();
  const angle = Math.random() * Math.PI * 2;
  return { x: box.x + box.width * (0.5 + Math.cos(angle) * 0.25), y: box.y + box.height * (0.5 + Math.sin(angle) * 0.25) };
}
