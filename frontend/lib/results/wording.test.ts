import { expect, test } from "vitest";
import { ordinal } from "./ordinal";
import { weekOf } from "./week";

test("a week is from Monday to Sunday in UTC", () => {
  const week = (time: string) => weekOf(Date.parse(time));
  expect(week("2026-11-23T00:00:00Z")).toBe("23 to 29 November");
  expect(week("2026-11-29T23:59:59Z")).toBe("23 to 29 November");
  expect(week("2026-11-30T00:00:00Z")).toBe("30 November to 6 December");
  expect(week("2027-01-01T12:00:00Z")).toBe("28 December to 3 January");
});

test("places are counted as people say them", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 1111].map(ordinal)).toEqual(
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "1,111th"],
  );
});
