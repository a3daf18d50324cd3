/** A server to measure. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  readonly apiKey: string;
  readonly pid: number;
  /** The database's process, if it is a separate process on this machine. */
  readonly databasePid: number | undefined;
}
