/**
 * Small sounds made on the spot: no files to load, nothing for the policy to allow. Silent until the first
 * gesture (browsers insist), off when the player says so; that one preference is all we keep.
 */

const KEY = "overcookied:sound";

type Sound = "crunch" | "gold" | "crack" | "tick" | "count" | "go" | "found" | "win" | "loss" | "draw";

let context: AudioContext | null = null;
let master: GainNode | null = null;
let noise: AudioBuffer | null = null;
let lastCrunch = 0;
const listeners = new Set<() => void>();

/** Storage may be forbidden (private windows): then the switch works until the page is left. */
let remembered: boolean | null = null;

export function soundIsOn(): boolean {
  if (remembered !== null) return remembered;
  try {
    remembered = localStorage.getItem(KEY) !== "off";
  } catch {
    remembered = true;
  }
  return remembered;
}

export function setSound(on: boolean): void {
  remembered = on;
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // Not remembered, still obeyed.
  }
  for (const listener of listeners) listener();
}

export function onSoundChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called from a gesture, the only place where a browser lets sound begin. */
export function wakeSound(): void {
  if (!soundIsOn()) return;
  if (context === null) {
    if (typeof AudioContext === "undefined") return;
    context = new AudioContext();
    master = context.createGain();
    master.gain.value = 0.5;
    master.connect(context.destination);
    noise = crumbs(context);
  }
  if (context.state === "suspended") void context.resume();
}

function crumbs(ctx: AudioContext): AudioBuffer {
  const buffer = ctx.createBuffer(1, Math.floor(ctx.sampleRate * 0.12), ctx.sampleRate);
  const data = buffer.getChannelData(0);
  // Sparse grains rather than hiss: that is what makes it crumbly.
  for (let i = 0; i < data.length; i++) data[i] = Math.random() < 0.22 ? Math.random() * 2 - 1 : 0;
  return buffer;
}

function crunch(ctx: AudioContext, out: AudioNode, loud: number): void {
  // Twenty clicks a second need not be twenty full sounds.
  if (ctx.currentTime - lastCrunch < 0.035) return;
  lastCrunch = ctx.currentTime;
  const source = ctx.createBufferSource();
  source.buffer = noise;
  source.playbackRate.value = 0.8 + Math.random() * 0.5;
  const filter = ctx.createBiquadFilter();
  filter.type = "bandpass";
  filter.frequency.value = 1100 + Math.random() * 900;
  filter.Q.value = 0.8;
  const gain = ctx.createGain();
  gain.gain.setValueAtTime(loud, ctx.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, ctx.currentTime + 0.1);
  source.connect(filter).connect(gain).connect(out);
  source.start();
}

function note(ctx: AudioContext, out: AudioNode, hz: number, at: number, long: number, loud: number, type: OscillatorType): void {
  const start = ctx.currentTime + at;
  const osc = ctx.createOscillator();
  osc.type = type;
  osc.frequency.value = hz;
  const gain = ctx.createGain();
  gain.gain.setValueAtTime(0.0001, start);
  gain.gain.exponentialRampToValueAtTime(loud, start + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + long);
  osc.connect(gain).connect(out);
  osc.start(start);
  osc.stop(start + long + 0.02);
}

type Note = readonly [hz: number, at: number, long: number, loud: number, type: OscillatorType];

const melodies: Record<Exclude<Sound, "crunch" | "crack">, readonly Note[]> = {
  gold: [
    [1047, 0, 0.5, 0.16, "sine"],
    [1319, 0.06, 0.5, 0.16, "sine"],
    [1568, 0.12, 0.6, 0.16, "sine"],
    [2093, 0.18, 0.9, 0.14, "sine"],
  ],
  tick: [[1500, 0, 0.05, 0.09, "square"]],
  count: [[440, 0, 0.22, 0.22, "triangle"]],
  go: [
    [659, 0, 0.4, 0.22, "triangle"],
    [880, 0.02, 0.5, 0.22, "triangle"],
  ],
  found: [
    [523, 0, 0.25, 0.18, "triangle"],
    [784, 0.1, 0.4, 0.18, "triangle"],
  ],
  win: [
    [523, 0, 0.3, 0.2, "triangle"],
    [659, 0.12, 0.3, 0.2, "triangle"],
    [784, 0.24, 0.3, 0.2, "triangle"],
    [1047, 0.36, 0.9, 0.22, "triangle"],
  ],
  loss: [
    [392, 0, 0.35, 0.18, "triangle"],
    [330, 0.16, 0.35, 0.18, "triangle"],
    [262, 0.32, 0.8, 0.18, "triangle"],
  ],
  draw: [
    [440, 0, 0.3, 0.18, "triangle"],
    [440, 0.18, 0.6, 0.18, "triangle"],
  ],
};

export function play(sound: Sound): void {
  if (!soundIsOn() || context === null || master === null || context.state !== "running") return;
  if (sound === "crunch" || sound === "crack") {
    crunch(context, master, sound === "crunch" ? 0.5 : 0.9);
    return;
  }
  for (const [hz, at, long, loud, type] of melodies[sound]) note(context, master, hz, at, long, loud, type);
}
