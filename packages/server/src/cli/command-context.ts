import type { KeyRing } from '../access/key-ring.ts';
import { readConfig, type Config } from '../config/config.ts';
import type { Database } from '../database/open-database.ts';
import type { CliIo } from './cli-io.ts';
import type { CommandInput } from './command-input.ts';
import type { Output } from './output.ts';

/** 0: done; 1: the command failed; 2: it was called in a wrong way. */
export type ExitCode = 0 | 1 | 2;

/** What commands are made with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly output: Output;
  /** The words after `rsolv`. */
  readonly args: readonly string[];
  readonly input: CommandInput;
  /** The server that runs the command for a caller. Undefined where the command runs in its own process. */
  readonly server: ServerOfCommand | undefined;
}

/** What a server runs commands with. */
export interface ServerOfCommand {
  readonly config: Config;
  readonly database: Database;
  readonly keyRing: KeyRing;
  /** The fingerprints of the caller's RSOLV_KEY_PEPPER, in hexadecimal digits. Empty if it is not set. */
  readonly callerPeppers: readonly string[];
}

/** The configuration that a command works with: that of the server that runs it, or else its own. */
export const configOf = ({ io, server }: CommandContext): Config => server?.config ?? readConfig(io.env);
