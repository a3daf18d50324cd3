// A statement that every request needs: written once, compiled at its first use, and planned once by each connection.
// Built anew for each request, as the others are, it would cost more than all the rest of the request.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CompiledStatement, Database, Tables } from './database.ts';

/** Gives what stands in a statement for one of its values. */
export type ValueOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/** Writes a statement's values into it as they are, for statements that are built where they are needed. */
export const valueOf =
  <Values extends object>(values: Values): ValueOf<Values> =>
  (name) =>
    sql`${values[name]}`;

/** A statement with values that differ from one execution to the next. */
export class Statement<Values extends object, Row extends object> {
  readonly #name: string;
  readonly #write: (kysely: Kysely<Tables>, value: ValueOf<Values>) => RawBuilder<Row>;
  #compiled: (CompiledStatement & { readonly arrange: (values: Values) => unknown[] }) | undefined;

  constructor(name: string, write: (kysely: Kysely<Tables>, value: ValueOf<Values>) => RawBuilder<Row>) {
    this.#name = name;
    this.#write = write;
  }

  async run(database: Database, values: Values): Promise<readonly Row[]> {
    const { arrange, ...statement } = (this.#compiled ??= this.#compile(database.kysely));
    return database.run<Row>(statement, arrange(values));
  }

  #compile(kysely: Kysely<Tables>) {
    // Each value is stood for by a mark, which compiling puts among the parameters as it is.
    const names = new Map<unknown, keyof Values & string>();
    const marks = new Map<keyof Values & string, RawBuilder<unknown>>();
    const markOf = (name: keyof Values & string) => {
      const mark = { name };
      names.set(mark, name);
      return sql`${mark}`;
    };
    const value: ValueOf<Values> = (name) => {
      const mark = marks.get(name) ?? markOf(name);
      marks.set(name, mark);
      return mark.$castTo();
    };
    const { sql: text, parameters } = this.#write(kysely, value).compile(kysely);
    const arrange = (values: Values) =>
      parameters.map((parameter) => {
        const name = names.get(parameter);
        return name === undefined ? parameter : values[name];
      });
    return { name: this.#name, text, arrange };
  }
}
