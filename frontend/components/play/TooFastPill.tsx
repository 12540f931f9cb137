import { Icon } from "@/components/art/Icon";

/**
 * Says that the player's own clicks come faster than they count. The line is always there and empty, so
 * that a screen reader says the words once when they come in, however many frames keep them there. Under
 * a golden cookie, and no click ends here: this is about a hand that does not stop to read.
 */
export function TooFastPill({ shown }: { shown: boolean }) {
  return (
    <p role="status" className="pointer-events-none absolute inset-x-0 bottom-1 z-10 flex justify-center">
      {shown && (
        <span className="anim-rise flex items-center gap-2 rounded-full bg-[#1c0b14f2] px-4 py-2 text-sm font-bold whitespace-nowrap text-butter max-[23rem]:px-2.5 max-[23rem]:text-xs">
          <Icon name="bolt" className="size-4" />
          Easy! Only 20 clicks a second count
        </span>
      )}
    </p>
  );
}
