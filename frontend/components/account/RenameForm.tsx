"use client";

import { useState } from "react";
import { NameField } from "@/components/signin/NameField";
import { useNameForm } from "@/components/signin/useNameForm";
import { type Me, rename } from "@/lib/api";

interface Props {
  name: string;
  onRenamed: (me: Me) => void;
  onStale: () => void;
}

export function RenameForm({ name, onRenamed, onStale }: Props) {
  const [hello, setHello] = useState<string | null>(null);
  const form = useNameForm(async (wanted) => {
    setHello(null);
    const me = await rename(wanted);
    setHello(me.player.name);
    onRenamed(me);
    return "stay";
  }, onStale);

  return (
    <form onSubmit={form.submit} noValidate className="grid gap-3">
      <NameField
        form={form}
        name={name}
        hint={hello === null ? "3 to 20 characters. Others see it from your next duel on." : `Saved. Nice to meet you, ${hello}.`}
        onType={() => setHello(null)}
      />
      <button type="submit" className="btn btn-plain" disabled={form.task.busy}>
        {form.task.busy ? "Icing…" : "Save name"}
      </button>
    </form>
  );
}
