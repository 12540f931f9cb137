import { Icon } from "@/components/art/Icon";

/** What was wrong with the thing just above, in the colour of raspberries. */
export function Trouble({ words }: { words: string }) {
  return (
    <span className="flex items-start gap-1.5 text-left text-sm font-bold text-berry-deep">
      <Icon name="warn" className="mt-0.5 size-4" />
      {words}
    </span>
  );
}
