import { Spinner } from "./Spinner";

/** A whole page that waits to hear who is there. */
export function Warming() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div role="status" className="grid justify-items-center gap-4">
        <Spinner className="size-24" />
        <p className="font-display text-xl">Warming up the oven…</p>
      </div>
    </main>
  );
}
