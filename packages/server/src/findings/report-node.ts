import { describeValue } from '@rsolv/shared/contract/expected';
import { isList, isPlainObject } from '@rsolv/shared/json/json';
import type { Review } from './review.ts';

/** The largest integer of a database column. */
const maxInteger = 2_147_483_647;

/**
 * An object of a report. Its properties are read with the type that they should have. A value of another type is read as if
 * it were absent, and listed as a repair. `null` is absent.
 */
export class ReportNode {
  readonly pointer: string;
  readonly review: Review;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown, pointer: string, review: Review) {
    this.pointer = pointer;
    this.review = review;
    const isObject = isPlainObject(value);
    if (!isObject && value !== undefined) this.#drop(pointer, 'an object', value);
    this.#fields = isObject ? value : {};
  }

  /** The JSON pointer of a property. */
  at(name: string): string {
    const isPlain = !name.includes('~') && !name.includes('/');
    return `${this.pointer}/${isPlain ? name : name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }

  /** Returns an own property as it is; undefined if it is absent or null. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  get names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** Reads text that a database can store: U+0000 and halves of surrogate pairs are replaced. */
  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#drop(this.at(name), 'text', value);
    if (isStorable(value)) return value;
    this.review.repair(this.at(name), 'replaced characters that can not be stored by U+FFFD');
    return toStorable(value);
  }

  /** Reads an integer. Digits in a text count. */
  integer(name: string, min: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const isDigits = typeof value === 'string' && /^\d{1,10}$/.test(value);
    const number = isDigits ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > maxInteger) {
      return this.#drop(this.at(name), `an integer from ${min} to ${maxInteger}`, value);
    }
    if (isDigits) this.review.repair(this.at(name), 'read as a number: it is text');
    return number;
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#drop(this.at(name), 'true or false', value);
  }

  object(name: string): ReportNode {
    return new ReportNode(this.raw(name), this.at(name), this.review);
  }

  /** Reads the objects of an array. An element that is no object is an empty object, so that indexes stay right. */
  objects(name: string): readonly ReportNode[] {
    const values = this.list(name);
    if (values.length === 0) return [];
    const pointer = this.at(name);
    return values.map((value, index) => new ReportNode(value, `${pointer}/${index}`, this.review));
  }

  /** Reads one object of an array. */
  element(name: string, index: number): ReportNode | undefined {
    const value = this.list(name)[index];
    return value === undefined ? undefined : new ReportNode(value, `${this.at(name)}/${index}`, this.review);
  }

  /** Reads the texts of an array, each once. A text alone is an array of one. */
  texts(name: string): readonly string[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    const isText = typeof value === 'string';
    if (isText) this.review.repair(this.at(name), 'read as an array of one: it is text');
    const elements = Object.entries(isText ? [value] : this.list(name));
    const list = new ReportNode(Object.fromEntries(elements), this.at(name), this.review);
    const texts = new Set<string>();
    for (const index of list.names) {
      const text = list.text(index);
      if (text === undefined) continue;
      if (texts.has(text)) this.review.repair(list.at(index), `dropped: ${describeValue(text)} is repeated`);
      texts.add(text);
    }
    return [...texts];
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    return isList(value) ? value : (this.#drop(this.at(name), 'an array', value) ?? []);
  }

  #drop(pointer: string, type: string, value: unknown): undefined {
    this.review.repair(pointer, `dropped: it must be ${type}, not ${describeValue(value)}`);
  }
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const toStorable = (text: string): string => text.replaceAll('\0', '\u{FFFD}').toWellFormed();
