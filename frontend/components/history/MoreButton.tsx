import { type Pages } from "@/lib/results/pages";

const words: Record<Pages["more"], string> = { idle: "Show more", busy: "Fetching…", failed: "Try again" };

/** The next page. It keeps the focus while it works, so it is never disabled. */
export function MoreButton({ more, onPress }: { more: Pages["more"]; onPress: () => void }) {
  return (
    <div className="mt-4 grid gap-2">
      {more === "failed" && (
        <p role="alert" className="text-center text-sm font-bold text-berry-deep">
          Older duels could not be fetched.
        </p>
      )}
      <button type="button" className="btn btn-plain w-full" onClick={onPress} aria-disabled={more === "busy"}>
        {words[more]}
      </button>
    </div>
  );
}
