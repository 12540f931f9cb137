"use client";

import { signInAsGuest } from "@/lib/api";
import { NameField } from "./NameField";
import { useNameForm } from "./useNameForm";

export function GuestForm({ onDone }: { onDone: () => void }) {
  const form = useNameForm(async (name) => {
    await signInAsGuest(name);
    onDone();
  });

  return (
    <form onSubmit={form.submit} noValidate className="grid gap-3">
      <NameField form={form} hint="3 to 20 characters. No password, no email." />
      <button type="submit" className="btn btn-big" disabled={form.task.busy}>
        {form.task.busy ? "Opening…" : "Come on in"}
      </button>
    </form>
  );
}
