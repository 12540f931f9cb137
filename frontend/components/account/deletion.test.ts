import { expect, test } from "vitest";
import { ApiProblem } from "@/lib/api";
import { whyNotDeleted } from "./deletion";

test.each([0, 502, 503, 504])("%i may be half done, and is worth another try", (status) => {
  expect(whyNotDeleted(new ApiProblem(status, "Away", "Whatever."))).toMatch(/not finished.*try again/i);
});

test("a refusal says what the server says", () => {
  expect(whyNotDeleted(new ApiProblem(429, "Too many", "Slow down."))).toBe("Slow down.");
});

test("what is no answer of a server has words as well", () => {
  expect(whyNotDeleted(new TypeError("broken"))).toMatch(/try again/i);
});
