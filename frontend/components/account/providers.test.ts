import { expect, test } from "vitest";
import { howSignedIn } from "./providers";

test.each([
  ["guest", "Playing as a guest"],
  ["google", "Signed in with Google"],
  ["github", "Signed in with GitHub"],
  ["carrier-pigeon", "Signed in"],
  ["constructor", "Signed in"],
])("%s is told as: %s", (provider, words) => {
  expect(howSignedIn(provider)).toBe(words);
});
