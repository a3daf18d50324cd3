/** A statement that a connection prepares at its first use and recognises by its name from then on. */
export interface CompiledStatement {
  /** Unique among all statements. */
  readonly name: string;
  readonly text: string;
}

/** Runs a compiled statement and returns its rows. */
export type RunStatement = <Row extends object>(statement: CompiledStatement, values: unknown[]) => Promise<Row[]>;
