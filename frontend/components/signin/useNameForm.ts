"use client";

import { type FormEvent, type RefObject, useRef } from "react";
import { type Deed, type Task, useTask } from "@/components/ui/useTask";

export interface NameForm {
  input: RefObject<HTMLInputElement | null>;
  task: Task;
  submit: (event: FormEvent) => Promise<void>;
}

/** A form for a name, of which the server is the judge. Whoever is refused goes on typing. */
export function useNameForm(send: (name: string) => ReturnType<Deed>, onStale?: () => void): NameForm {
  const input = useRef<HTMLInputElement>(null);
  const task = useTask(onStale);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = input.current?.value.trim() ?? "";
    if (name === "") {
      task.fail("Every baker needs a name. Type yours first.");
      return input.current?.focus();
    }
    await task.run(async () => {
      try {
        return await send(name);
      } catch (error) {
        input.current?.focus();
        throw error;
      }
    });
  };
  return { input, task, submit };
}
