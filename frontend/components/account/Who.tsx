import { Avatar } from "@/components/art/Avatar";
import { type Player } from "@/lib/api";
import { howSignedIn } from "./providers";

export function Who({ player }: { player: Player }) {
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3">
      <Avatar id={player.id} name={player.name} picture={player.picture} className="size-14" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-display text-xl font-semibold">{player.name}</p>
        <p className="text-sm font-bold text-bark">{howSignedIn(player.provider)}</p>
      </div>
    </div>
  );
}
