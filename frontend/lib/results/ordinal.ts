const rules = new Intl.PluralRules("en", { type: "ordinal" });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** 1st, 22nd, 1,113th. */
export function ordinal(n: number): string {
  return `${n.toLocaleString("en")}${endings[rules.select(n)] ?? "th"}`;
}
