import { Icon } from "@/components/art/Icon";

export function WhatHappened({ words }: { words: string }) {
  return (
    <div role="alert" className="card flex items-center gap-4 p-5">
      <span className="grid size-12 shrink-0 place-items-center rounded-2xl bg-oat text-[#8a4616]">
        <Icon name="warn" className="size-7" />
      </span>
      <p className="font-semibold">{words}</p>
    </div>
  );
}
