/**
 * Who comes back after a close, and how: the client's half of the table in DESIGN.md, section 4.
 */
import type { Link } from "@/lib/game/state";

export type AfterClose =
  /** A fault of the network or of a pod. */
  | { kind: "reconnect" }
  /** The pod is going away and another one waits for us: no fault, so no backoff. */
  | { kind: "move" }
  /** Not before a while has passed. */
  | { kind: "later"; link: Link; delay: number }
  /** Only when the player asks for it. */
  | { kind: "stay"; link: Link };

const LIMITED_FOR = 10_000;

export function afterClose(code: number): AfterClose {
  switch (code) {
    case 1000:
    case 1001:
      return { kind: "stay", link: "offline" };
    case 1002:
    case 1003:
    case 1007:
    case 1009:
      return { kind: "stay", link: "refused" };
    case 1012:
      return { kind: "move" };
    case 4001:
      return { kind: "stay", link: "expired" };
    case 4002:
      return { kind: "stay", link: "replaced" };
    case 4029:
      return { kind: "later", link: "limited", delay: LIMITED_FOR };
    default:
      return { kind: "reconnect" };
  }
}
