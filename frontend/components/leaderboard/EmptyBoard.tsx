import { Icon } from "@/components/art/Icon";
import { type BoardName } from "@/lib/api";

export function EmptyBoard({ board }: { board: BoardName }) {
  return (
    <div className="my-auto grid justify-items-center gap-2 py-6 text-center">
      <Icon name="trophy" className="size-12 text-caramel" />
      <p className="font-display text-lg font-semibold">{board === "week" ? "Nobody has played this week yet" : "Nobody yet"}</p>
      <p className="font-semibold text-bark">One duel and the top is yours.</p>
    </div>
  );
}
