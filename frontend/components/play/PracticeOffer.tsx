import { Icon } from "@/components/art/Icon";
import { type Strength } from "@/lib/game/state";

const strengths: ReadonlyArray<{ strength: Strength; name: string; words: string }> = [
  { strength: "easy", name: "Easy", words: "sleepy" },
  { strength: "medium", name: "Medium", words: "awake" },
  { strength: "hard", name: "Hard", words: "espresso" },
];

/** Nobody there: the server's own bot plays, and it counts for nothing. */
export function PracticeOffer({ onPick }: { onPick: (strength: Strength) => void }) {
  return (
    <section className="card anim-rise w-full p-5" aria-labelledby="practice">
      <h2 id="practice" className="text-xl font-semibold">
        Quiet in here. Warm up?
      </h2>
      <p className="mt-1 flex items-center justify-center gap-1.5 font-semibold text-bark">
        <Icon name="bot" /> Practice against our bot, not ranked
      </p>
      <div className="mt-4 grid grid-cols-3 gap-3">
        {strengths.map(({ strength, name, words }) => (
          <button key={strength} type="button" className="btn flex-col gap-0.5! px-2!" onClick={() => onPick(strength)}>
            {name}
            <span className="font-sans text-sm font-bold">{words}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
