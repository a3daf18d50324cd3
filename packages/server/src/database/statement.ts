// Statements of the hot path: built and compiled once, at their first use, and planned once for each connection. To build one
// anew for each request would cost more than the rest of the request.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CompiledStatement } from './compiled-statement.ts';
import type { Database, Tables } from './open-database.ts';

/** Returns the placeholder of one of a statement's values. */
export type ValueOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/** Puts the values themselves into a statement, for statements that are built for each use. */
export const valueOf =
  <Values extends object>(values: Values): ValueOf<Values> =>
  (name) =>
    sql`${values[name]}`;

/** A compiled statement whose values differ from one execution to the next. */
export class Statement<Values extends object, Row extends object> {
  readonly #name: string;
  readonly #build: (kysely: Kysely<Tables>, value: ValueOf<Values>) => RawBuilder<Row>;
  #compiled: (CompiledStatement & { readonly valueNames: readonly (keyof Values & string)[] }) | undefined;

  /**
   * @param name unique among all statements; spans have it, too
   * @param build builds the statement. Values come from {@link ValueOf}; anything else must be literal, as from `sql.lit`.
   */
  constructor(name: string, build: (kysely: Kysely<Tables>, value: ValueOf<Values>) => RawBuilder<Row>) {
    this.#name = name;
    this.#build = build;
  }

  run(database: Database, values: Values): Promise<readonly Row[]> {
    const { valueNames, ...statement } = (this.#compiled ??= this.#compile(database.kysely));
    return database.run<Row>(
      statement,
      valueNames.map((name) => values[name]),
    );
  }

  #compile(kysely: Kysely<Tables>) {
    // One parameter for each value, however often the statement uses it. Kysely would make one for each use.
    const valueNames: (keyof Values & string)[] = [];
    const value: ValueOf<Values> = (name) => {
      if (!valueNames.includes(name)) valueNames.push(name);
      return sql.raw(`$${valueNames.indexOf(name) + 1}`);
    };
    const { sql: text, parameters } = this.#build(kysely, value).compile(kysely);
    if (parameters.length > 0) throw new Error(`statement ${this.#name}: ${parameters.join(', ')} must be literal`);
    return { name: this.#name, text, valueNames };
  }
}
