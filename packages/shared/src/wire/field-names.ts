// Accepts the fields of a request under all their names, and names them in errors as the request did.
import { z, type ZodType } from 'zod';
import { describeValue } from '../contract/expected.ts';
import type { ErrorDetail } from '../errors/error-code.ts';
import { InvalidInputError } from '../errors/platform-error.ts';
import { isPlainObject } from '../json/json.ts';
import type { FieldNames } from './accepted-names.ts';

/** Wraps a schema so that its fields are accepted under all their names. */
export const acceptNames = <Schema extends ZodType>(names: FieldNames, schema: Schema) =>
  z.preprocess((sent: z.input<Schema>, context): unknown => {
    if (!isPlainObject(sent)) return sent;
    const { fields, conflicts } = toOwnNames(sent, names);
    for (const { path, message } of conflicts) context.addIssue({ code: 'custom', path: [path], message, input: sent });
    return fields;
  }, schema);

/** Gives each field its own name; a conflict where it was sent under two names with different values. */
function toOwnNames(sent: Readonly<Record<string, unknown>>, { aliases, ignored }: FieldNames) {
  const others = new Set([...ignored, ...Object.values(aliases).flat()]);
  const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => !others.has(name)));
  const conflicts: ErrorDetail[] = [];
  for (const [name, aliasNames] of Object.entries(aliases)) {
    const [first, ...rest] = [name, ...aliasNames].filter((each) => sent[each] != null);
    if (first === undefined) continue;
    fields[name] = sent[first];
    const other = rest.find((each) => !isSame(sent[first], sent[each]));
    if (other === undefined) continue;
    const [value, otherValue] = [describeValue(sent[first]), describeValue(sent[other])];
    conflicts.push({ path: first, message: `is ${value}, but ${other} is ${otherValue}; send one of them` });
  }
  return { fields, conflicts };
}

/** Shell scripts send the number of an issue as a string of digits. */
const isSame = (one: unknown, other: unknown) =>
  one === other || (isScalar(one) && isScalar(other) && `${one}` === `${other}`);

const isScalar = (value: unknown) => typeof value === 'string' || typeof value === 'number';

/** An InvalidInputError with fields named as the request named them; any other error as it is. */
export function nameAsSent(error: unknown, { aliases }: FieldNames, sent: unknown): unknown {
  if (!(error instanceof InvalidInputError) || !isPlainObject(sent)) return error;
  const rename = ({ path, message }: ErrorDetail) => {
    const names = [path, ...(Object.hasOwn(aliases, path) ? (aliases[path] ?? []) : [])];
    return { path: names.find((name) => sent[name] != null) ?? path, message };
  };
  return new InvalidInputError((error.details ?? []).map(rename), { cause: error });
}
