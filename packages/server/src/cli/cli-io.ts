// Everything that the command line uses of the process that it runs in, so that tests can run it in theirs.
import type { Readable } from 'node:stream';

/** Standard output or standard error. */
export interface OutputStream {
  write(text: string): unknown;
  /**
   * Waits until the reader has taken enough for more to be written. Left out where that is not necessary.
   *
   * @throws where the reader has gone
   */
  drained?(): Promise<void>;
  readonly isTTY?: boolean;
  /** The terminal's width; 0 where it is unknown. */
  readonly columns?: number;
  /** The file descriptor, where there is one. */
  readonly fd?: number;
}

/** How a command that runs until it is stopped learns that it has to stop. */
export interface StopSignals {
  /** Handles stop signals from now on. They end the process at once until {@link onStop} has been called. */
  listen(): void;
  /** Calls `stop` at each stop signal. */
  onStop(stop: () => void): void;
}

/** The surroundings of one run of the command line. */
export interface CliIo {
  /** How to call `rsolv` again, for hints to users: `npm run rsolv --`, or a quoted path. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly signals: StopSignals;
}
