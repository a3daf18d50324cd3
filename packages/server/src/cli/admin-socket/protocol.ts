// What a command and the server that uses its data folder say to each other: lines of JSON. The command sends one request;
// the server answers with what the command prints, then with how it ended.
import type { Socket } from 'node:net';
import { z } from 'zod';

/** Changes when a server can't understand the requests of another release any more. */
const protocol = 1;

/** The streams of the caller, as far as the command's output depends on them. */
const callerStreams = z.strictObject({
  stdout: z.strictObject({ isTTY: z.boolean(), columns: z.number() }),
  stderr: z.strictObject({ isTTY: z.boolean(), columns: z.number() }),
  /** The variables that decide about colors. */
  env: z.record(z.string(), z.string()),
});

const runRequest = z.strictObject({
  protocol: z.literal(protocol),
  do: z.literal('run'),
  /** The words after `rsolv`. */
  args: z.array(z.string()),
  /** What the command has read from standard input. */
  input: z.string(),
  /** How to call `rsolv` again, for hints. */
  program: z.string(),
  ...callerStreams.shape,
  /** The fingerprints of the caller's RSOLV_KEY_PEPPER, in hexadecimal digits. Empty if it is not set. */
  pepperFingerprints: z.array(z.string()),
});

const pauseRequest = z.strictObject({ protocol: z.literal(protocol), do: z.literal('pauseWrites') });

const adminRequest = z.discriminatedUnion('do', [runRequest, pauseRequest]);

export type AdminRequest = z.infer<typeof adminRequest>;
export type RunRequest = z.infer<typeof runRequest>;

/** Leaves out the protocol, which {@link sendRequest} adds. */
export type RequestBody = Omit<RunRequest, 'protocol'> | Omit<z.infer<typeof pauseRequest>, 'protocol'>;

const adminAnswer = z.union([
  z.strictObject({ stdout: z.string() }),
  z.strictObject({ stderr: z.string() }),
  z.strictObject({ exitCode: z.literal([0, 1, 2]), version: z.string() }),
  z.strictObject({ paused: z.literal(true) }),
  /** Why the server does nothing. */
  z.strictObject({ refused: z.string() }),
]);

export type AdminAnswer = z.infer<typeof adminAnswer>;

export function sendRequest(socket: Socket, request: RequestBody): void {
  socket.write(`${JSON.stringify({ protocol, ...request })}\n`);
}

/** @returns whether the socket's buffer has room for more */
export const sendAnswer = (socket: Socket, answer: AdminAnswer): boolean => socket.write(`${JSON.stringify(answer)}\n`);

/** Parses a request; undefined where it is invalid or of another protocol. */
export const parseRequest = (line: string): AdminRequest | undefined => adminRequest.safeParse(parseJson(line)).data;

/** Parses an answer; undefined where it is invalid. */
export const parseAnswer = (line: string): AdminAnswer | undefined => adminAnswer.safeParse(parseJson(line)).data;

/**
 * The lines that arrive at a socket, which stays open when the caller stops reading them.
 *
 * @throws RangeError where a line is longer than `maxLength`; what the socket fails with
 */
export async function* linesOf(socket: Socket, maxLength = Infinity): AsyncGenerator<string> {
  socket.setEncoding('utf8');
  let rest = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    rest += String(chunk);
    if (rest.includes('\n')) {
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest.length > maxLength) throw new RangeError(`a line is longer than ${maxLength} characters`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
