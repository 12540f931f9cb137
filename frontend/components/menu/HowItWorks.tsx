import { Cookie } from "@/components/art/Cookie";
import { Icon } from "@/components/art/Icon";

const steps = [
  { sign: <Icon name="bolt" className="size-7 text-honey" />, head: "Meet somebody", words: "We find you an opponent in seconds. Nobody around? Warm up against a bot." },
  { sign: <Cookie className="size-8" />, head: "Click like mad", words: "One minute on the clock. Mouse, thumbs or the space bar: every click is a point." },
  { sign: <Cookie kind="golden" className="size-8" />, head: "Grab the gold", words: "Golden cookies pop up for both. First to catch one scores double for five seconds." },
];

export function HowItWorks() {
  return (
    <section aria-labelledby="how" className="mt-14">
      <h2 id="how" className="sr-only">
        How it works
      </h2>
      <ul className="grid gap-4 md:grid-cols-3">
        {steps.map((step) => (
          <li key={step.head} className="flex gap-4 rounded-3xl bg-[#2a0f1899] p-5 shadow-[0_0_0_1px_#fff3dc1f_inset]">
            <span className="grid size-12 shrink-0 place-items-center rounded-2xl bg-[#fff3dc1a]">{step.sign}</span>
            <div>
              <h3 className="text-lg font-semibold text-butter">{step.head}</h3>
              <p className="mt-1 font-semibold">{step.words}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
