// What commands print: plain lines, with colors on a terminal.
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { CliIo, OutputStream } from './cli-io.ts';
import { escapeControls } from './escape-controls.ts';
import { Progress } from './progress.ts';

export type Style = Parameters<typeof styleText>[0];

/** The output of one run of the command line. */
export class Output {
  readonly #stdout: OutputStream;
  readonly #progress: Progress;
  readonly #hasColors: Readonly<Record<'stdout' | 'stderr', boolean>>;
  readonly #adapt: (text: string) => string;

  /** @param adapt makes messages fit this user: replaces secrets, and names the program as it is called */
  constructor({ stdout, stderr, env }: Pick<CliIo, 'stdout' | 'stderr' | 'env'>, adapt: (text: string) => string) {
    this.#stdout = stdout;
    this.#adapt = adapt;
    this.#hasColors = { stdout: hasColors(stdout, env), stderr: hasColors(stderr, env) };
    this.#progress = new Progress(stderr, this.#hasColors.stderr);
  }

  /** Whether people read standard output, not a program. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** The width that lines have to fit in; undefined where they may be as long as they like. */
  get width(): number | undefined {
    const { isTTY, columns = 0 } = this.#stdout;
    return isTTY && columns > 0 ? columns : undefined;
  }

  /** Whether a stream shows colors: terminals do, unless NO_COLOR or TERM=dumb is set; all do with FORCE_COLOR. */
  hasColors(stream: 'stdout' | 'stderr'): boolean {
    return this.#hasColors[stream];
  }

  /** Prints a line, its control characters escaped. */
  print(line: string): void {
    this.printStyled(escapeControls(line));
  }

  /** Prints a line that tells which command to run next. */
  printHint(line: string): void {
    this.print(this.#adapt(line));
  }

  /** Prints a part of a line, its control characters escaped. */
  printPart(text: string): void {
    this.#stdout.write(escapeControls(text));
  }

  /** Waits until a slow reader has taken what was printed, so that it does not fill the memory. */
  async drained(): Promise<void> {
    await this.#stdout.drained?.();
  }

  /** Prints a line that was {@link style}d. */
  printStyled(line: string): void {
    this.#stdout.write(`${line}\n`);
  }

  /** Prints on standard error why something failed, without secrets. */
  printError(line: string): void {
    this.writeError(`${this.style('red', this.#adapt(line), 'stderr')}\n`);
  }

  /** Prints on standard error what is most likely a mistake, although the command goes on. */
  printWarning(line: string, ...more: readonly string[]): void {
    for (const each of [`Warning: ${line}`, ...more]) {
      this.writeError(`${this.style('yellow', this.#adapt(each), 'stderr')}\n`);
    }
  }

  /** Writes text to standard error as it is, once no progress is shown there. */
  writeError(text: string): void {
    this.#progress.write(text);
  }

  /** Escapes a text's control characters, and colors it where the stream shows colors. */
  style(style: Style, text: string, stream: 'stdout' | 'stderr' = 'stdout'): string {
    const escaped = escapeControls(text);
    return this.#hasColors[stream] ? styleText(style, escaped, { validateStream: false }) : escaped;
  }

  /** Shows progress on standard error, if that is a terminal, until the work has ended. */
  withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.#progress.show(what, work);
  }
}

function hasColors({ isTTY = false }: OutputStream, env: NodeJS.ProcessEnv): boolean {
  return (isTTY || env['FORCE_COLOR'] !== undefined) && WriteStream.prototype.getColorDepth(env) > 2;
}
