import Link from "next/link";
import { type ReactNode } from "react";
import { Awning } from "@/components/art/Awning";
import { Icon } from "@/components/art/Icon";
import { Footer } from "./Footer";

/** A page beside the menu: a title, one column, and the way back. */
export function Page({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <Awning className="absolute inset-x-0 top-0 z-10" />
      <main className={`mx-auto w-full flex-1 px-5 pt-[4.75rem] pb-10 ${wide ? "max-w-3xl" : "max-w-lg"}`}>
        <Link href="/" className="btn-ghost">
          <Icon name="back" className="-ml-1 size-5" />
          Menu
        </Link>
        <h1 className="title anim-rise mt-5 mb-8 text-center text-[clamp(2.6rem,11vw,3.75rem)]">{title}</h1>
        <div className="anim-rise delay-1 grid grid-cols-[minmax(0,1fr)] gap-6">{children}</div>
      </main>
      <Footer />
    </div>
  );
}
