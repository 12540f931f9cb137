import { Cookie } from "@/components/art/Cookie";

export function NoDuels() {
  return (
    <div className="grid justify-items-center gap-2 py-6 text-center">
      <Cookie className="size-20" />
      <p className="font-display text-lg font-semibold">Not a crumb yet</p>
      <p className="max-w-72 font-semibold text-balance text-bark">Your duels will lie here, fresh from the oven. Press Play for the first one.</p>
    </div>
  );
}
