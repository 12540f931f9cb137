// Waiting on conditions. Nothing in these tests sleeps for a fixed time.

/** Looks again and again until `check` says something true, and gives that back. */
export async function until(what, check, { within = 10_000, every = 40 } = {}) {
  const deadline = performance.now() + within;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${within} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
