import { describe, expect, test } from "vitest";
import { problemIn, wordsFor } from "./problem";

describe("the problem in an address", () => {
  test("is a code and a provider that this page knows", () => {
    expect(problemIn("?problem=denied&provider=google")).toEqual({ code: "denied", provider: "google" });
    expect(problemIn("?provider=github&problem=taken")).toEqual({ code: "taken", provider: "github" });
  });

  test.each(["", "?", "?problem=", "?problem=DENIED", "?problem=toString", "?provider=google", "?problem=you+won+a+prize"])("is none in %j", (search) => {
    expect(problemIn(search)).toBeNull();
  });

  test.each(["", "&provider=guest", "&provider=constructor", "&provider=%3Cb%3EGoogle%3C/b%3E"])("has no provider that this page does not know: %j", (rest) => {
    expect(problemIn(`?problem=failed${rest}`)).toEqual({ code: "failed", provider: null });
  });
});

describe("the words for it", () => {
  test.each(["denied", "forged", "failed", "taken"] as const)("%s says where it went wrong", (code) => {
    expect(wordsFor({ code, provider: "github" }).words).toContain("GitHub");
  });

  test.each(["denied", "expired", "forged", "failed", "taken"] as const)("%s can do without a provider", (code) => {
    const { title, words } = wordsFor({ code, provider: null });
    expect(title).not.toBe("");
    expect(words).toMatch(/^[A-Z].*[.]$/);
    expect(words).not.toMatch(/Google|GitHub|null|undefined/);
  });
});
