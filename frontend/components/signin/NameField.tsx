"use client";

import { useId } from "react";
import { Trouble } from "@/components/ui/Trouble";
import { type NameForm } from "./useNameForm";

interface Props {
  form: NameForm;
  /** Stands below the field while nothing is wrong. */
  hint: string;
  name?: string;
  onType?: () => void;
}

export function NameField({ form: { input, task }, hint, name, onType }: Props) {
  const id = useId();
  const change = () => {
    task.reset();
    onType?.();
  };

  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-bold text-bark">
        Your name
      </label>
      <input
        id={id}
        ref={input}
        className="field"
        type="text"
        name="name"
        defaultValue={name}
        maxLength={20}
        autoComplete="nickname"
        autoCapitalize="words"
        spellCheck={false}
        enterKeyHint="go"
        placeholder="Crumb Bandit"
        aria-invalid={task.problem !== null}
        aria-describedby={`${id}-help`}
        onChange={change}
      />
      <p id={`${id}-help`} aria-live="polite" className="text-sm font-bold text-bark">
        {task.problem === null ? hint : <Trouble words={task.problem} />}
      </p>
    </div>
  );
}
