"use client";

import { Cookie } from "@/components/art/Cookie";

/**
 * Something in the page itself broke. What counted is with the server, so starting over loses nothing. From scratch:
 * a script that did not come, since its pod was gone, is not asked for again by the same page.
 */
export default function PageError() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div role="alert" className="grid justify-items-center gap-5">
        <Cookie bites={3} className="size-44" />
        <h1 className="title text-5xl">Something burnt</h1>
        <p className="max-w-md text-lg font-semibold text-balance text-butter">This page broke, your points did not: the server has them.</p>
        <button type="button" className="btn" onClick={() => window.location.reload()}>
          Bake it again
        </button>
      </div>
    </main>
  );
}
