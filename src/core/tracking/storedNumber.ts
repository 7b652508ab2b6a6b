/** A metric value in the database: NaN, which SQLite would make NULL, is an empty text. */
export type StoredNumber = number | "";

export function toStored(value: number): StoredNumber {
  return Number.isNaN(value) ? "" : value;
}

export function fromStored(value: StoredNumber): number {
  return value === "" ? NaN : value;
}
