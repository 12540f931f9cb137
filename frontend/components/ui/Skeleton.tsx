/** Rows that are on their way, as high as they will be. They show themselves only when that takes a while. */
export function Skeleton({ rows, height = "h-14", label }: { rows: number; height?: string; label: string }) {
  return (
    <div role="status" className="anim-late grid gap-1.5">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={`flex items-center gap-3 rounded-2xl bg-white/70 px-2.5 shadow-[0_0_0_1px_#e3c79799] ${height}`}>
          <div className="skeleton size-9" />
          <div className="grid flex-1 gap-2">
            <div className="skeleton h-3 w-2/5" />
            <div className="skeleton h-2.5 w-1/4" />
          </div>
          <div className="skeleton h-4 w-12" />
        </div>
      ))}
    </div>
  );
}
