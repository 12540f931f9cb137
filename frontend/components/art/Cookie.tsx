import { memo, useId } from "react";
import { bite, biteAngles, bodyPath, chips, specks } from "./shapes";

interface Props {
  kind?: "chocolate" | "golden";
  /** How many bites are missing already. */
  bites?: number;
  className?: string;
}

const palettes = {
  chocolate: {
    side: "#6f3714",
    base: ["#f7cf8b", "#e3a354", "#c07a33", "#8f4d1c"],
    chip: ["#7b4426", "#3a180d", "#200b05"],
    speckDark: "#a8611f",
    speckLight: "#fbdda0",
    rim: "#7d4117",
  },
  golden: {
    side: "#a85d00",
    base: ["#fffbe0", "#ffe17a", "#ffc02e", "#e58e00"],
    chip: ["#ffb02e", "#c96a00", "#8f4300"],
    speckDark: "#e89a10",
    speckLight: "#fffdf0",
    rim: "#b76a00",
  },
} as const;

type Palette = (typeof palettes)[keyof typeof palettes];

/**
 * Drawn by hand in SVG; decorative, so whoever shows it says what it means. Remembered, because the duel renders
 * with every click and nothing in here changes then.
 */
export const Cookie = memo(function Cookie({ kind = "chocolate", bites = 0, className }: Props) {
  const id = useId();
  const c = palettes[kind];
  const missing = biteAngles.slice(0, bites).flatMap((angle, i) => bite(angle, 1 + i * 0.06));
  const ref = (name: string) => `url(#${id}${name})`;

  return (
    <svg viewBox="0 0 400 400" className={className} aria-hidden="true" focusable="false">
      <CookieDefs id={id} c={c} missing={missing} />

      {/* The side of the cookie: the same shape, lower and darker. */}
      <g mask={ref("eaten")} transform="translate(0 13)">
        <path d={bodyPath} fill={c.side} />
      </g>

      <g mask={ref("eaten")}>
        <path d={bodyPath} fill={ref("base")} />
        {specks.map((s) => (
          <ellipse
            key={`${s.x},${s.y}`}
            cx={s.x}
            cy={s.y}
            rx={s.rx}
            ry={s.ry}
            transform={`rotate(${s.turn} ${s.x} ${s.y})`}
            fill={s.dark ? c.speckDark : c.speckLight}
            opacity={s.dark ? 0.34 : 0.5}
          />
        ))}
        <path
          d="M70 120q24 8 30 26M300 92q-14 22-2 40M140 268q16 10 38 4M282 244q16-4 26 8"
          fill="none"
          stroke={c.rim}
          strokeWidth="4"
          strokeLinecap="round"
          opacity="0.4"
        />
        <path d={bodyPath} fill={ref("shade")} />
        {chips.map((chip) => (
          <g key={`${chip.x},${chip.y}`} transform={`translate(${chip.x} ${chip.y})`}>
            <g transform={`translate(2 6) rotate(${chip.turn})`} opacity="0.4">
              <path d={chip.path} fill={c.rim} />
            </g>
            <g transform={`rotate(${chip.turn})`}>
              <path d={chip.path} fill={ref("chip")} />
            </g>
            <ellipse cx="-6" cy="-7" rx="5.5" ry="3" transform="rotate(-32 -6 -7)" fill="#fff" opacity="0.5" />
          </g>
        ))}
        {/* Crumbly inside where somebody has bitten: the mask leaves only the outer half of each ring. */}
        <g clipPath={ref("body")} fill="none" stroke={c.base[0]}>
          {missing.map((m) => (
            <circle key={`${m.x},${m.y}`} cx={m.x} cy={m.y} r={m.r + 1} strokeWidth="11" opacity="0.5" />
          ))}
        </g>
        <ellipse cx="136" cy="92" rx="118" ry="66" transform="rotate(-32 136 92)" fill={ref("light")} />
      </g>
    </svg>
  );
});

/** The light on the dough, and the mask that takes the bites out. */
function CookieDefs({ id, c, missing }: { id: string; c: Palette; missing: ReadonlyArray<{ x: number; y: number; r: number }> }) {
  return (
    <defs>
      <radialGradient id={`${id}base`} cx="0.36" cy="0.28" r="0.8">
        <stop offset="0" stopColor={c.base[0]} />
        <stop offset="0.42" stopColor={c.base[1]} />
        <stop offset="0.8" stopColor={c.base[2]} />
        <stop offset="1" stopColor={c.base[3]} />
      </radialGradient>
      <radialGradient id={`${id}chip`} cx="0.35" cy="0.28" r="0.85">
        <stop offset="0" stopColor={c.chip[0]} />
        <stop offset="0.5" stopColor={c.chip[1]} />
        <stop offset="1" stopColor={c.chip[2]} />
      </radialGradient>
      <radialGradient id={`${id}light`} cx="0.5" cy="0.5" r="0.5">
        <stop offset="0" stopColor="#fff" stopOpacity="0.55" />
        <stop offset="1" stopColor="#fff" stopOpacity="0" />
      </radialGradient>
      <radialGradient id={`${id}shade`} cx="0.42" cy="0.36" r="0.62">
        <stop offset="0.72" stopColor={c.rim} stopOpacity="0" />
        <stop offset="1" stopColor={c.rim} stopOpacity="0.75" />
      </radialGradient>
      <clipPath id={`${id}body`}>
        <path d={bodyPath} />
      </clipPath>
      <mask id={`${id}eaten`}>
        <rect width="400" height="400" fill="#fff" />
        {missing.map((m) => (
          <circle key={`${m.x},${m.y}`} cx={m.x} cy={m.y} r={m.r} fill="#000" />
        ))}
      </mask>
    </defs>
  );
}
