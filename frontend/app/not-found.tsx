import { type Metadata } from "next";
import Link from "next/link";
import { Cookie } from "@/components/art/Cookie";

export const metadata: Metadata = { title: "Only crumbs here" };

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div className="anim-rise grid justify-items-center gap-5">
        <Cookie bites={5} className="size-52" />
        <h1 className="title text-6xl">Only crumbs here</h1>
        <p className="max-w-md text-lg font-semibold text-butter">Somebody ate this page before you came. It was probably delicious.</p>
        <Link href="/" className="btn mt-2">
          Back to the bakery
        </Link>
      </div>
    </main>
  );
}
