import { Icon } from "@/components/art/Icon";
import { type Link } from "@/lib/game/state";

/** A word about the connection, only when there is something to say. */
export function LinkPill({ link, error }: { link: Link; error: string | null }) {
  const words = link === "open" ? error : link === "offline" ? "You seem to be offline" : "Reconnecting…";
  if (words === null) return null;
  return (
    <p role="status" className="absolute bottom-1 left-1/2 z-40 flex -translate-x-1/2 items-center gap-2 rounded-full bg-[#1c0b14f2] px-4 py-2 font-bold whitespace-nowrap text-butter">
      <Icon name="link" />
      {words}
    </p>
  );
}
