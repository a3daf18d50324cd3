/** A server to measure. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  readonly apiKey: string;
  readonly pid: number;
  /** Of the database, where it is a process of its own and this machine's. */
  readonly databasePid: number | undefined;
}
