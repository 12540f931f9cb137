import { wantsStillness } from "@/components/particles/useParticles";

/**
 * Squashes the cookie, leaning towards the finger. Each press replaces the one before, so that fast clicking
 * keeps the cookie down instead of queueing up animations.
 */
export function press(element: HTMLElement, at: { x: number; y: number } | null): void {
  if (wantsStillness()) return;
  const box = element.getBoundingClientRect();
  const dx = at === null ? 0 : clamp((at.x - box.x) / box.width - 0.5);
  const dy = at === null ? 0 : clamp((at.y - box.y) / box.height - 0.5);
  const lean = (k: number) => `rotateX(${(-dy * 26 * k).toFixed(1)}deg) rotateY(${(dx * 26 * k).toFixed(1)}deg)`;
  for (const running of element.getAnimations()) running.cancel();
  element.animate(
    [
      { transform: `${lean(0.6)} scale(0.955, 0.93)`, easing: "ease-out" },
      { transform: `${lean(1)} scale(0.93, 0.9)`, offset: 0.22, easing: "cubic-bezier(0.3, 0, 0.3, 1)" },
      { transform: `${lean(-0.25)} scale(1.035, 1.03)`, offset: 0.62, easing: "ease-in-out" },
      { transform: "none" },
    ],
    { duration: 210 },
  );
}

function clamp(n: number): number {
  return Math.max(-0.5, Math.min(0.5, n));
}
