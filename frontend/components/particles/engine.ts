/**
 * Everything that flies, on one canvas: a fixed pool, so that no amount of clicking makes garbage or slows
 * the page. When nothing flies, nothing is drawn and no frame is asked for.
 */

export type Flyer = "crumb" | "label" | "spark" | "confetti";

interface Item {
  alive: boolean;
  kind: Flyer;
  x: number;
  y: number;
  vx: number;
  vy: number;
  turn: number;
  spin: number;
  size: number;
  age: number;
  life: number;
  color: string;
  sprite: HTMLCanvasElement | null;
}

export interface Launch {
  kind: Flyer;
  x: number;
  y: number;
  vx: number;
  vy: number;
  size: number;
  life: number;
  color: string;
  label?: string;
  spin?: number;
}

const POOL = 320;
const SPRITES = 64;
/** px/s². Labels float, the rest falls. */
const gravity: Record<Flyer, number> = { crumb: 1500, label: 0, spark: 240, confetti: 420 };
const drag: Record<Flyer, number> = { crumb: 0.6, label: 1.6, spark: 2.2, confetti: 1.5 };

export class ParticleEngine {
  private readonly pool: Item[] = Array.from({ length: POOL }, blank);
  private readonly sprites = new Map<string, HTMLCanvasElement>();
  private readonly ctx: CanvasRenderingContext2D | null;
  private next = 0;
  private frame = 0;
  private last = 0;
  private ratio = 1;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.ctx = canvas.getContext("2d");
    this.resize();
  }

  resize(): void {
    // Twice is sharp enough for things that live for a second.
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(this.canvas.clientWidth * this.ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * this.ratio);
    this.sprites.clear();
  }

  /** The oldest makes room for the newest. */
  launch(l: Launch): void {
    const item = this.pool[this.next];
    this.next = (this.next + 1) % POOL;
    if (item === undefined) return;
    item.alive = true;
    item.kind = l.kind;
    item.x = l.x;
    item.y = l.y;
    item.vx = l.vx;
    item.vy = l.vy;
    item.size = l.size;
    item.age = 0;
    item.life = l.life;
    item.color = l.color;
    item.turn = l.kind === "label" ? 0 : Math.random() * Math.PI * 2;
    item.spin = l.spin ?? 0;
    item.sprite = l.label === undefined ? null : this.sprite(l.label, l.color, l.size);
    if (this.frame === 0) {
      this.last = performance.now();
      this.frame = requestAnimationFrame(this.draw);
    }
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const item of this.pool) item.alive = false;
  }

  private readonly draw = (now: number): void => {
    const ctx = this.ctx;
    if (ctx === null) return;
    const dt = Math.min((now - this.last) / 1000, 0.05);
    this.last = now;
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    let flying = 0;
    for (const item of this.pool) {
      if (!item.alive) continue;
      item.age += dt;
      if (item.age >= item.life) {
        item.alive = false;
        continue;
      }
      flying++;
      move(item, dt);
      this.paint(ctx, item);
    }
    this.frame = flying > 0 ? requestAnimationFrame(this.draw) : 0;
  };

  private paint(ctx: CanvasRenderingContext2D, item: Item): void {
    const t = item.age / item.life;
    const r = this.ratio;
    ctx.globalAlpha = t < 0.6 ? 1 : (1 - t) / 0.4;
    if (item.kind === "label") {
      if (item.sprite === null) return;
      const scale = (t < 0.12 ? 0.5 + t * 5 : 1.1 - t * 0.2) / r;
      const w = item.sprite.width * scale;
      const h = item.sprite.height * scale;
      ctx.setTransform(r, 0, 0, r, 0, 0);
      ctx.drawImage(item.sprite, item.x - w / 2, item.y - h / 2, w, h);
      return;
    }
    const cos = Math.cos(item.turn) * r;
    const sin = Math.sin(item.turn) * r;
    // Paper turns in the air: its height comes and goes.
    const flip = item.kind === "confetti" ? Math.cos(item.age * 9 + item.spin) : 1;
    ctx.setTransform(cos, sin, -sin * flip, cos * flip, item.x * r, item.y * r);
    ctx.fillStyle = item.color;
    const s = item.size * (item.kind === "spark" ? 1 - t : 1);
    if (item.kind === "spark") star(ctx, s);
    else ctx.fillRect(-s / 2, -s / 2, s, item.kind === "confetti" ? s * 0.6 : s * 0.8);
  }

  private sprite(label: string, color: string, size: number): HTMLCanvasElement {
    const key = `${label}|${color}|${size}`;
    const known = this.sprites.get(key);
    if (known !== undefined) return known;
    if (this.sprites.size >= SPRITES) this.sprites.clear();
    const made = letter(label, color, size * this.ratio);
    this.sprites.set(key, made);
    return made;
  }
}

function blank(): Item {
  return { alive: false, kind: "crumb", x: 0, y: 0, vx: 0, vy: 0, turn: 0, spin: 0, size: 0, age: 0, life: 1, color: "", sprite: null };
}

function move(item: Item, dt: number): void {
  const slow = Math.exp(-drag[item.kind] * dt);
  item.vx *= slow;
  item.vy = item.vy * slow + gravity[item.kind] * dt;
  item.x += item.vx * dt;
  item.y += item.vy * dt;
  item.turn += item.spin * dt;
}

function star(ctx: CanvasRenderingContext2D, s: number): void {
  ctx.beginPath();
  ctx.moveTo(0, -s);
  ctx.quadraticCurveTo(0, 0, s, 0);
  ctx.quadraticCurveTo(0, 0, 0, s);
  ctx.quadraticCurveTo(0, 0, -s, 0);
  ctx.quadraticCurveTo(0, 0, 0, -s);
  ctx.fill();
}

/** Words are drawn once and then only copied: text is the slow part of a canvas. */
function letter(label: string, color: string, size: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (ctx === null) return canvas;
  const font = `700 ${size}px "Fredoka Variable", system-ui, sans-serif`;
  ctx.font = font;
  canvas.width = Math.ceil(ctx.measureText(label).width + size * 0.5);
  canvas.height = Math.ceil(size * 1.4);
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = size * 0.22;
  ctx.strokeStyle = "#2a0f18";
  ctx.strokeText(label, canvas.width / 2, canvas.height / 2);
  ctx.fillStyle = color;
  ctx.fillText(label, canvas.width / 2, canvas.height / 2);
  return canvas;
}
