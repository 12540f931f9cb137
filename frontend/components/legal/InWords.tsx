import Link from "next/link";

/** A link in the middle of a sentence. */
export function InWords({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="font-bold underline underline-offset-2">
      {children}
    </Link>
  );
}
