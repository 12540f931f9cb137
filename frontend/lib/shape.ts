/**
 * Small checks that turn `unknown` into a typed value, or throw `ShapeError`.
 * What a check does not name it leaves out, so unknown fields are dropped rather than carried along.
 */

export type Check<T> = (value: unknown) => T;
type Checks<T> = { [K in keyof T]-?: Check<T[K]> };

export class ShapeError extends Error {}

export const text: Check<string> = (value) => {
  if (typeof value !== "string") throw new ShapeError("not a string");
  return value;
};

export const flag: Check<boolean> = (value) => {
  if (typeof value !== "boolean") throw new ShapeError("not a boolean");
  return value;
};

export const number: Check<number> = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ShapeError("not a number");
  return value;
};

/** Scores, counters and versions: whole and never negative. */
export const count: Check<number> = (value) => {
  const n = number(value);
  if (!Number.isInteger(n) || n < 0) throw new ShapeError("not a count");
  return n;
};

export function oneOf<T extends string>(...allowed: readonly T[]): Check<T> {
  return (value) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new ShapeError(`none of ${allowed.join(", ")}`);
    return found;
  };
}

/** A missing field counts as null: some writers of JSON leave nulls out. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value) => (value === null || value === undefined ? null : check(value));
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError("not an object");
  }
  return value as Record<string, unknown>;
}

export function object<T extends object>(checks: Checks<T>): Check<T> {
  return (value) => {
    const source = record(value);
    const result: Partial<T> = {};
    for (const key in checks) result[key] = checks[key](source[key]);
    return result as T;
  };
}

/** Like `object`, but a field that is not there stays not there. A null is there, and is checked. */
export function partial<T extends object>(checks: Checks<T>): Check<Partial<T>> {
  return (value) => {
    const source = record(value);
    const result: Partial<T> = {};
    for (const key in checks) {
      if (source[key] !== undefined) result[key] = checks[key](source[key]);
    }
    return result;
  };
}

export function both<A extends object, B extends object>(a: Check<A>, b: Check<B>): Check<A & B> {
  return (value) => ({ ...a(value), ...b(value) });
}

export function list<T>(check: Check<T>): Check<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError("not a list");
    return value.map(check);
  };
}

/** A list that is not there counts as empty. */
export function listOrNone<T>(check: Check<T>): Check<T[]> {
  return (value) => nullable(list(check))(value) ?? [];
}
