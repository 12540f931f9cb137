import { Icon } from "@/components/art/Icon";

/** What the server could not do for us, in its words. */
export function ErrorPill({ error }: { error: string | null }) {
  if (error === null) return null;
  return (
    <p role="status" className="absolute bottom-1 left-1/2 z-40 flex -translate-x-1/2 items-center gap-2 rounded-full bg-[#1c0b14f2] px-4 py-2 font-bold whitespace-nowrap text-butter">
      <Icon name="warn" />
      {error}
    </p>
  );
}
