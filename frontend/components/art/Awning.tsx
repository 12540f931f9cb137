import { useId } from "react";

/** The awning over the shop window: a pattern, so it fits any width without being stretched. */
export function Awning({ className }: { className?: string }) {
  const id = useId();
  return (
    <svg width="100%" height="64" className={className} aria-hidden="true" focusable="false">
      <defs>
        <pattern id={`${id}stripes`} width="88" height="64" patternUnits="userSpaceOnUse">
          <path d="M0 0h44v38a22 22 0 0 1-44 0Z" fill="#5a1323" transform="translate(0 5)" opacity="0.55" />
          <path d="M44 0h44v38a22 22 0 0 1-44 0Z" fill="#5a1323" transform="translate(0 5)" opacity="0.55" />
          <path d="M0 0h44v36a22 22 0 0 1-44 0Z" fill="#c9364f" />
          <path d="M44 0h44v36a22 22 0 0 1-44 0Z" fill="#fff0d4" />
        </pattern>
        <linearGradient id={`${id}shade`} x2="0" y2="1">
          <stop offset="0" stopColor="#2a0a14" stopOpacity="0.55" />
          <stop offset="0.5" stopColor="#2a0a14" stopOpacity="0.05" />
          <stop offset="0.56" stopColor="#2a0a14" stopOpacity="0.28" />
          <stop offset="0.6" stopColor="#2a0a14" stopOpacity="0" />
        </linearGradient>
      </defs>
      <rect width="100%" height="64" fill={`url(#${id}stripes)`} />
      <rect width="100%" height="38" fill={`url(#${id}shade)`} />
    </svg>
  );
}
