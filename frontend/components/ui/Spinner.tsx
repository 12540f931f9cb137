import { Cookie } from "@/components/art/Cookie";

/** A cookie that turns while we wait. The words beside it say for what. */
export function Spinner({ className = "size-16" }: { className?: string }) {
  return (
    <span className={`anim-spin inline-block ${className}`}>
      <Cookie bites={2} className="size-full" />
    </span>
  );
}
