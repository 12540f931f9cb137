"use client";

import { useEffect, useSyncExternalStore } from "react";
import { Icon } from "@/components/art/Icon";
import { onSoundChange, play, setSound, soundIsOn, wakeSound } from "./sound";

export function SoundToggle() {
  const on = useSyncExternalStore(onSoundChange, soundIsOn, () => true);

  useEffect(() => {
    window.addEventListener("pointerdown", wakeSound);
    window.addEventListener("keydown", wakeSound);
    return () => {
      window.removeEventListener("pointerdown", wakeSound);
      window.removeEventListener("keydown", wakeSound);
    };
  }, []);

  return (
    <button
      type="button"
      className="btn-ghost"
      aria-pressed={on}
      aria-label="Sound"
      title={on ? "Sound is on" : "Sound is off"}
      onClick={() => {
        setSound(!on);
        wakeSound();
        if (!on) play("found");
      }}
    >
      <Icon name={on ? "soundOn" : "soundOff"} className="size-6" />
    </button>
  );
}
