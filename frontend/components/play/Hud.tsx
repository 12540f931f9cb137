import { Icon } from "@/components/art/Icon";
import { SoundToggle } from "@/components/sound/SoundToggle";
import { type GameState, type Side } from "@/lib/game/state";
import { Clock } from "./Clock";
import { SidePlate } from "./SidePlate";
import { TugOfWar } from "./TugOfWar";

interface Props {
  state: GameState;
  me: Side;
  opponent: Side;
  mine: boolean;
  theirs: boolean;
  seconds: number;
  onQuit: () => void;
}

export function Hud({ state, me, opponent, mine, theirs, seconds, onQuit }: Props) {
  const counting = state.countdown > 0;
  const frozen = state.shownHold !== null;
  return (
    <div className="hud">
      <div className="hud-quit">
        <button type="button" className="btn-ghost" aria-label="Quit the game" title="Quit (Esc)" onClick={onQuit}>
          <Icon name="close" className="size-6" />
        </button>
      </div>
      <div className="hud-plates grid grid-cols-2 gap-2.5">
        <SidePlate side={me} state={state} mine bonus={mine} />
        <SidePlate side={opponent} state={state} mine={false} bonus={theirs} />
      </div>
      <div className="hud-clock">
        <Clock remaining={counting ? seconds : state.timeRemaining} seconds={seconds} stopped={counting || frozen} frozen={frozen} />
      </div>
      <div className="hud-sound">
        <SoundToggle />
      </div>
      <div className="hud-tug">
        <TugOfWar mine={me.score} theirs={opponent.score} />
      </div>
    </div>
  );
}
