import { Icon } from "@/components/art/Icon";

/** Something on a card could not be had; says so, and offers to try again. */
export function Failure({ words, retry }: { words: string; retry: () => void }) {
  return (
    <div role="alert" className="my-auto grid justify-items-center gap-3 py-6 text-center">
      <Icon name="warn" className="size-8 text-berry-deep" />
      <p className="font-bold text-bark">{words}</p>
      <button type="button" className="btn btn-plain" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
