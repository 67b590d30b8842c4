/**
 * A class whose values are written as their meaning in place of their fields. Both functions use the value's own data and
 * functions of the platform only: no getter, `toJSON` or `toString` of a library or an application runs.
 */
export interface ValueReader {
  /** What values of this kind are called where content is not kept: `[ObjectId 24]`. */
  readonly name: string;
  /** Whether a value is of this kind. The first value of a class decides for all values of its prototype. */
  is(value: object): boolean;
  /** Its text or number, or an object or array with its data; `undefined`: this value is damaged, show its fields. */
  read(value: object): unknown;
}
