import { type ParticleEngine } from "./engine";

/** What the moments of a game throw into the air. */

const crumbColors = ["#e3a354", "#c07a33", "#8f4d1c", "#f7cf8b", "#3a180d"];
const confettiColors = ["#ffb938", "#58a6ff", "#ff6b6f", "#7bd88f", "#fff3dc", "#c58bff"];

export const labelColors = { mine: "#8cc3ff", mineDouble: "#ffd24a", theirs: "#ff8a8d" } as const;

const between = (low: number, high: number) => low + Math.random() * (high - low);
const pick = (from: readonly string[]) => from[Math.floor(Math.random() * from.length)] ?? "#fff";

export function crumbs(engine: ParticleEngine, x: number, y: number, many = 5): void {
  for (let i = 0; i < many; i++) {
    engine.launch({
      kind: "crumb",
      x,
      y,
      vx: between(-240, 240),
      vy: between(-460, -120),
      size: between(4, 10),
      life: between(0.45, 0.8),
      color: pick(crumbColors),
      spin: between(-9, 9),
    });
  }
}

export function points(engine: ParticleEngine, x: number, y: number, label: string, color: string, size: number): void {
  engine.launch({
    kind: "label",
    x: x + between(-14, 14),
    y: y - 18,
    vx: between(-36, 36),
    vy: -250,
    size,
    life: 0.95,
    color,
    label,
  });
}

export function sparks(engine: ParticleEngine, x: number, y: number, many = 18, color = "#ffe27a"): void {
  for (let i = 0; i < many; i++) {
    const angle = Math.random() * Math.PI * 2;
    const speed = between(90, 420);
    engine.launch({
      kind: "spark",
      x,
      y,
      vx: Math.cos(angle) * speed,
      vy: Math.sin(angle) * speed,
      size: between(7, 18),
      life: between(0.5, 1),
      color: i % 4 === 0 ? "#fffbe0" : color,
      spin: between(-3, 3),
    });
  }
}

/** Two cannons in the lower corners. */
export function confetti(engine: ParticleEngine, width: number, height: number): void {
  for (const side of [0, 1]) {
    for (let i = 0; i < 70; i++) {
      engine.launch({
        kind: "confetti",
        x: side * width,
        y: height * between(0.7, 0.95),
        vx: (side === 0 ? 1 : -1) * between(0.15, 1.3) * Math.max(width, 600),
        vy: -between(0.75, 1.75) * height,
        size: between(8, 15),
        life: between(2.4, 4.2),
        color: pick(confettiColors),
        spin: between(-7, 7),
      });
    }
  }
}
