import { Spinner } from "@/components/ui/Spinner";

export function PauseOverlay() {
  return (
    <div className="veil">
      <div className="card anim-rise grid max-w-sm justify-items-center gap-3 p-7 text-center">
        <Spinner className="size-16" />
        <p className="font-display text-2xl font-semibold">Hold on, the game waits for us</p>
        <p className="font-semibold text-bark">Your clock is standing still. Every click that counted is safe.</p>
      </div>
    </div>
  );
}
