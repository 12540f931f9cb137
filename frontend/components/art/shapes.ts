/**
 * The geometry of a hand-made cookie: the same on the server and in the browser, so that the exported
 * page and the hydrated one agree. Everything is computed once, when the module is loaded.
 */

export interface Chip {
  path: string;
  x: number;
  y: number;
  turn: number;
}

export interface Speck {
  x: number;
  y: number;
  rx: number;
  ry: number;
  turn: number;
  dark: boolean;
}

/** Small, seeded and good enough for crumbs (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const fixed = (n: number) => n.toFixed(1);

/** A closed curve through points around (cx, cy), smoothed by meeting in the middle of each edge. */
function blob(cx: number, cy: number, radii: readonly number[]): string {
  const points = radii.map((r, i) => {
    const angle = (i / radii.length) * Math.PI * 2;
    return { x: cx + Math.cos(angle) * r, y: cy + Math.sin(angle) * r };
  });
  const middles = points.map((p, i) => {
    const q = points[(i + 1) % points.length] ?? p;
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  });
  const last = middles[middles.length - 1] ?? { x: cx, y: cy };
  const curves = points.map((p, i) => {
    const m = middles[i] ?? p;
    return `Q${fixed(p.x)} ${fixed(p.y)} ${fixed(m.x)} ${fixed(m.y)}`;
  });
  return `M${fixed(last.x)} ${fixed(last.y)}${curves.join("")}Z`;
}

const dough = seeded(11);
export const bodyPath = blob(
  200,
  196,
  Array.from({ length: 26 }, () => 180 + dough() * 9),
);

/** Where the chips lie was placed by eye: evenly spread, none on the rim, none where the first bite goes. */
const chipSpots: ReadonlyArray<readonly [number, number, number]> = [
  [118, 92, 23],
  [196, 70, 18],
  [160, 152, 27],
  [242, 138, 24],
  [72, 166, 20],
  [100, 238, 26],
  [198, 222, 30],
  [286, 204, 22],
  [336, 176, 17],
  [262, 284, 27],
  [158, 306, 23],
  [212, 346, 17],
  [328, 262, 20],
  [60, 266, 14],
  [112, 318, 16],
];

export const chips: readonly Chip[] = chipSpots.map(([x, y, size], i) => {
  const next = seeded(100 + i);
  return {
    x,
    y,
    turn: Math.round(next() * 360),
    path: blob(
      0,
      0,
      Array.from({ length: 7 }, () => size * (0.82 + next() * 0.36)),
    ),
  };
});

export const specks: readonly Speck[] = Array.from({ length: 64 }, (_, i) => {
  const next = seeded(500 + i);
  const angle = next() * Math.PI * 2;
  const away = Math.sqrt(next()) * 166;
  return {
    x: Math.round(200 + Math.cos(angle) * away),
    y: Math.round(196 + Math.sin(angle) * away),
    rx: 3 + Math.round(next() * 8),
    ry: 2 + Math.round(next() * 4),
    turn: Math.round(next() * 180),
    dark: next() > 0.45,
  };
});

interface Round {
  x: number;
  y: number;
  r: number;
}

/** A bite out of the rim at an angle (degrees, 0 = right, clockwise): one mouthful, with the marks of five teeth. */
export function bite(angle: number, size = 1): readonly Round[] {
  const turn = (angle * Math.PI) / 180;
  const cx = 200 + Math.cos(turn) * 196;
  const cy = 196 + Math.sin(turn) * 196;
  const teeth = [-64, -32, 0, 32, 64].map((step, i) => {
    const a = turn + Math.PI + (step * Math.PI) / 180;
    return round(cx + Math.cos(a) * 52 * size, cy + Math.sin(a) * 52 * size, (i % 2 === 0 ? 18 : 16) * size);
  });
  return [round(cx, cy, 58 * size), ...teeth];
}

function round(x: number, y: number, r: number): Round {
  return { x: Number(fixed(x)), y: Number(fixed(y)), r: Number(fixed(r)) };
}

/** The order in which a duel eats the cookie. */
export const biteAngles: readonly number[] = [-40, 152, 64, -124, 12];
