import { Icon } from "@/components/art/Icon";

interface Props {
  remaining: number;
  seconds: number;
  /** It does not press. */
  stopped: boolean;
  /** Nobody knows of a later second than this one. */
  frozen: boolean;
}

/** A kitchen timer: one notch a second, and it presses in the last ten. */
export function Clock({ remaining, seconds, stopped, frozen }: Props) {
  const pressing = !stopped && remaining <= 10;
  const part = Math.max(0, Math.min(1, remaining / seconds));
  return (
    <div
      role="timer"
      aria-label={`${remaining} seconds left${frozen ? ", stopped" : ""}`}
      className={`relative grid size-[4.9rem] place-items-center lg:size-28 ${pressing ? "anim-pulse" : ""}`}
    >
      <svg viewBox="0 0 100 100" className="absolute inset-0 size-full -rotate-90" aria-hidden="true" focusable="false">
        <circle cx="50" cy="50" r="49" fill="#1c0b14" />
        <circle cx="50" cy="50" r="40" fill={pressing ? "#b01e3a" : frozen ? "#d3cbd8" : "#fff3dc"} />
        <circle cx="50" cy="50" r="44.500" fill="none" stroke="#fff3dc33" strokeWidth="7" />
        <circle
          cx="50"
          cy="50"
          r="44.500"
          fill="none"
          stroke={pressing ? "#ff8a8d" : frozen ? "#9c8fa6" : "#ffb938"}
          strokeWidth="7"
          strokeLinecap="round"
          pathLength={1}
          strokeDasharray="1 1"
          strokeDashoffset={1 - part}
        />
      </svg>
      <span
        aria-hidden="true"
        className={`tabular relative font-display leading-none font-bold ${pressing ? "text-4xl text-white lg:text-6xl" : "text-3xl text-cocoa lg:text-[2.75rem]"}`}
      >
        {remaining}
      </span>
      {frozen && (
        <span className="absolute -bottom-1.5 grid size-7 place-items-center rounded-full bg-[#1c0b14] text-butter lg:size-9">
          <Icon name="pause" className="size-4 lg:size-5" />
        </span>
      )}
    </div>
  );
}
