import Link from "next/link";

/** The small print. On dark glass of its own, for the light behind it changes with the window. */
export function Footer() {
  return (
    <footer className="flex justify-center px-5 pb-[calc(1.5rem+var(--safe-bottom))]">
      <nav aria-label="Small print" className="flex rounded-2xl bg-[#2a0f1899] px-2 text-sm font-bold text-butter">
        <SmallLink href="/privacy/">Privacy</SmallLink>
        <SmallLink href="/terms/">Terms</SmallLink>
      </nav>
    </footer>
  );
}

function SmallLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="grid min-h-11 place-items-center rounded-xl px-4 hover:underline hover:underline-offset-4">
      {children}
    </Link>
  );
}
