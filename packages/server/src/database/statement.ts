// A statement that every request needs: written once, compiled at its first use, and planned once by each connection.
// Built anew for each request, as the others are, it would cost more than all the rest of the request.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CompiledStatement, Database, Tables } from './open-database.ts';

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
  #compiled: (CompiledStatement & { readonly valueNames: readonly (keyof Values & string)[] }) | undefined;

  /** @param write builds it out of {@link ValueOf}; what else it holds has to be literal, as `sql.lit` makes it */
  constructor(name: string, write: (kysely: Kysely<Tables>, value: ValueOf<Values>) => RawBuilder<Row>) {
    this.#name = name;
    this.#write = write;
  }

  run(database: Database, values: Values): Promise<readonly Row[]> {
    const { valueNames, ...statement } = (this.#compiled ??= this.#compile(database.kysely));
    return database.run<Row>(
      statement,
      valueNames.map((name) => values[name]),
    );
  }

  #compile(kysely: Kysely<Tables>) {
    // One parameter for each value, however often it occurs: Kysely would send it as often.
    const valueNames: (keyof Values & string)[] = [];
    const value: ValueOf<Values> = (name) => {
      if (!valueNames.includes(name)) valueNames.push(name);
      return sql.raw(`$${valueNames.indexOf(name) + 1}`);
    };
    const { sql: text, parameters } = this.#write(kysely, value).compile(kysely);
    if (parameters.length > 0) throw new Error(`statement ${this.#name}: ${parameters.join(', ')} should be literal`);
    return { name: this.#name, text, valueNames };
  }
}
