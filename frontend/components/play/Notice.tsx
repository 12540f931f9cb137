import { type ReactNode } from "react";
import { Icon, type IconName } from "@/components/art/Icon";

/** One thing to say, full screen, and what can be done about it. */
export function Notice({ icon, title, words, children }: { icon: IconName; title: string; words: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-5">
      <section role="alert" className="card anim-rise grid w-full max-w-md justify-items-center gap-3 p-8 text-center">
        <span className="grid size-16 place-items-center rounded-3xl bg-oat text-[#8a4616]">
          <Icon name={icon} className="size-9" />
        </span>
        <h1 className="text-2xl font-semibold">{title}</h1>
        <p className="font-semibold text-balance text-bark">{words}</p>
        <div className="mt-4 flex flex-wrap justify-center gap-3">{children}</div>
      </section>
    </main>
  );
}
