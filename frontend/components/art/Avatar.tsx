"use client";

import { useId, useState } from "react";
import { Icon } from "./Icon";

interface Props {
  id: string;
  name: string;
  picture?: string | null;
  bot?: boolean;
  className?: string;
}

/** Pairs with a letter that is readable on both colours of the pattern. */
const doughs = [
  ["#7b3fa0", "#69308c"],
  ["#b5366b", "#9c2659"],
  ["#1f6f8b", "#155a73"],
  ["#2f7d4f", "#246640"],
  ["#a8541a", "#8d4413"],
  ["#3d55b8", "#2f449c"],
  ["#9a3434", "#802727"],
  ["#5b6b1f", "#4a5817"],
] as const;

/** FNV-1a: the same player looks the same everywhere, with nothing stored. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

const patterns = [
  <circle key="dots" cx="6" cy="6" r="3.4" />,
  <path key="stripes" d="M-3 3 3-3M-3 15 15-3M9 15 15 9" stroke="currentColor" strokeWidth="4" />,
  <path key="checks" d="M0 0h6v6H0zM6 6h6v6H6z" />,
  <path key="waves" d="M0 6q3-6 6 0t6 0" fill="none" stroke="currentColor" strokeWidth="3" />,
];

/** A picture when there is one that loads, else letter, colour and pattern made from the id. Its name stands beside it. */
export function Avatar({ id, name, picture = null, bot = false, className = "size-11" }: Props) {
  const pattern = useId();
  const [broken, setBroken] = useState(false);

  if (bot) {
    return (
      <span
        className={`${className} grid shrink-0 place-items-center rounded-[30%] bg-linear-to-b from-[#6b5a55] to-[#4a3b38] text-butter shadow-[0_2px_0_#ffffff40_inset]`}
      >
        <Icon name="bot" className="size-[62%]" />
      </span>
    );
  }
  if (picture !== null && !broken) {
    return (
      // The export has no image optimiser, and next/image would write an inline style the policy forbids.
      // eslint-disable-next-line @next/next/no-img-element
      <img
        src={picture}
        alt=""
        referrerPolicy="no-referrer"
        onError={() => setBroken(true)}
        className={`${className} shrink-0 rounded-[30%] object-cover`}
      />
    );
  }
  const h = hash(id || name);
  const [light, dark] = doughs[h % doughs.length] ?? doughs[0];
  const letter = (Array.from(name.trim())[0] ?? "?").toUpperCase();
  return (
    <svg viewBox="0 0 48 48" className={`${className} shrink-0`} aria-hidden="true" focusable="false">
      <defs>
        <pattern id={pattern} width="12" height="12" patternUnits="userSpaceOnUse" patternTransform={`rotate(${(h >>> 8) % 90})`}>
          <g fill={dark} color={dark}>
            {patterns[(h >>> 4) % patterns.length]}
          </g>
        </pattern>
      </defs>
      <rect width="48" height="48" rx="14" fill={light} />
      <rect width="48" height="48" rx="14" fill={`url(#${pattern})`} />
      <path d="M14 1.5h20A12.5 12.5 0 0 1 46.5 14v2A12.5 12.5 0 0 0 34 6H14A12.5 12.5 0 0 0 1.5 16v-2A12.5 12.5 0 0 1 14 1.5Z" fill="#fff" opacity="0.22" />
      <text x="24" y="33" textAnchor="middle" fontSize="26" fontWeight="700" fill="#fff" className="font-display">
        {letter}
      </text>
    </svg>
  );
}
