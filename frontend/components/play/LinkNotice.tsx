import Link from "next/link";
import { Spinner } from "@/components/ui/Spinner";
import { type Game } from "@/hooks/useGame";
import { type Link as GameLink } from "@/lib/game/state";
import { Notice } from "./Notice";

/** The connections that end a visit to this page until the player does something. */
export const endings: ReadonlySet<GameLink> = new Set<GameLink>(["replaced", "expired", "limited", "refused"]);

export function LinkNotice({ game }: { game: Game }) {
  const here = (
    <button type="button" className="btn" onClick={game.playHere}>
      Play here
    </button>
  );
  const menu = (
    <Link href="/" className="btn btn-plain">
      Menu
    </Link>
  );
  switch (game.state.link) {
    case "replaced":
      return (
        <Notice icon="link" title="You're playing in another window" words="One player, one window: the newest one has your seat. You can bring the game back here.">
          {here}
          {menu}
        </Notice>
      );
    case "expired":
      return (
        <Notice icon="door" title="You are signed out" words="You signed out in another window, or you were away for too long. Sign in again and you can go on.">
          <Link href="/" className="btn">
            Sign in again
          </Link>
        </Notice>
      );
    case "limited":
      // The client comes back by itself, and no sooner: a button would only promise what it cannot do.
      return (
        <Notice icon="pause" title="Whoa, hot fingers" words="Too many messages came from here, so we take a short breather. We try again by ourselves in a few seconds.">
          <Spinner className="size-12 self-center" />
          {menu}
        </Notice>
      );
    default:
      return (
        <Notice icon="warn" title="We got our wires crossed" words="The server didn't understand this page. Reloading usually helps, it may be out of date.">
          <button type="button" className="btn" onClick={() => window.location.reload()}>
            Reload the page
          </button>
          {menu}
        </Notice>
      );
  }
}
