import { type ReactNode } from "react";

/** One sheet of small print, in a size that can be read. */
export function Paper({ children }: { children: ReactNode }) {
  return <article className="card grid gap-7 p-6 font-semibold sm:p-9">{children}</article>;
}

export function Section({ head, children }: { head: string; children: ReactNode }) {
  return (
    <section className="grid gap-2.5">
      <h2 className="text-xl font-semibold">{head}</h2>
      {children}
    </section>
  );
}

export function Points({ children }: { children: ReactNode }) {
  return <ul className="grid list-disc gap-1.5 pl-5 marker:text-caramel">{children}</ul>;
}
