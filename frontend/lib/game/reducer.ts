/**
 * The one pure reducer of the client: (state, what happened, when) -> state.
 * No socket, no clock, no DOM; `client.ts` feeds it and acts on what comes out.
 */
import type { Core, GameEvent, UiEvent } from "./core";
import { fromServer } from "./fromServer";
import { fromUi } from "./fromUi";
import { withHold } from "./hold";

export function reduce(core: Core, event: GameEvent, now: number): Core {
  return withHold(isUiEvent(event) ? fromUi(core, event, now) : fromServer(core, event, now));
}

function isUiEvent(event: GameEvent): event is UiEvent {
  return event.type.startsWith("ui/");
}
