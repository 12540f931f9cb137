import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The page, loaded from scratch in the tab whose storage this is. */
function load() {
  vi.resetModules();
  return import("./intent");
}

function tab(): Map<string, string> {
  const items = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
  return items;
}

test("who pressed Play wants a duel, once", async () => {
  tab();
  const { wantDuel, takeIntent } = await load();
  expect(takeIntent()).toBe(false);
  wantDuel();
  expect(takeIntent()).toBe(true);
  expect(takeIntent()).toBe(false);
});

test("also when the next page had to be loaded from scratch", async () => {
  tab();
  (await load()).wantDuel();
  const { takeIntent } = await load();
  expect(takeIntent()).toBe(true);
  expect((await load()).takeIntent()).toBe(false);
});

test("without storage the page knows as long as it is there", async () => {
  const forbidden = () => {
    throw new Error("forbidden");
  };
  vi.stubGlobal("sessionStorage", { getItem: forbidden, setItem: forbidden, removeItem: forbidden });
  const { wantDuel, takeIntent } = await load();
  wantDuel();
  expect(takeIntent()).toBe(true);
  expect(takeIntent()).toBe(false);
});
