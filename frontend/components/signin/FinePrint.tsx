import Link from "next/link";

const link = "underline underline-offset-2";

export function FinePrint() {
  return (
    <p className="text-center text-sm font-semibold text-balance text-bark">
      By coming in you agree to our{" "}
      <Link href="/terms/" className={link}>
        terms
      </Link>
      . What we keep is in the{" "}
      <Link href="/privacy/" className={link}>
        privacy
      </Link>{" "}
      note.
    </p>
  );
}
