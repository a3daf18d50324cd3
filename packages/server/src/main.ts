// A running platform: database, schema, port; and an orderly end.
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import type { Config } from './config.ts';
import { KeyUses } from './customers/key-use.ts';
import { openDatabase } from './database.ts';
import { StartupError } from './errors.ts';
import { createLimitedServer, limitAddresses } from './http/connections.ts';
import { keepHouse } from './housekeeping.ts';
import { openKeyRing } from './pepper.ts';
import { AnswerSpace } from './limits/answer-room.ts';
import { Budget } from './limits/budget.ts';
import { RateLimits } from './limits/rate-limits.ts';
import type { Platform } from './platform.ts';
import { trustIssuers } from './workflows/issuers.ts';

/** A platform that accepts requests. */
export interface RunningPlatform {
  /** Where it is reached from this machine. */
  readonly url: string;
  readonly platform: Platform;
  /** Finishes what is under way, then closes port and database. Called again, it is the same stop. */
  stop(): Promise<void>;
}

/** How long requests under way get to finish. */
const stopGraceMs = 10_000;

/** How long connections that ask nothing stay open by then. */
const idleGraceMs = 250;

/**
 * Opens the database, brings its schema up to date, and listens.
 *
 * @throws StartupError in one line: the database can't be reached, its folder is in use, the port is taken
 */
export async function startPlatform(config: Config): Promise<RunningPlatform> {
  const log = pino(
    { level: config.logLevel, errorKey: 'err' },
    pino.destination({ fd: 2, sync: false, minLength: 16_000, periodicFlush: 100 }),
  );
  const database = await openDatabase(config.database);
  try {
    await database.migrate();
    const prepared = {
      database,
      keyRing: openKeyRing(config),
      keyUses: new KeyUses(),
      auditTrail: new AuditTrail(),
      rateLimits: new RateLimits(config.rateLimits),
      turns: new Budget(turnsFor(config)),
      answerSpace: new AnswerSpace(answersFor(config)),
      issuers: trustIssuers(config.issuers),
      bodyLimitBytes: config.bodyLimitBytes,
    };
    const server = createLimitedServer();
    if (config.trustedProxies === 0) limitAddresses(server);
    const url = await listen(server, config);
    // Which port it is may be known only now. No request has come in the same turn.
    const platform = { ...prepared, publicUrls: publicUrlsOf(config, url) };
    server.on('request', createApp({ ...platform, log, trustedProxies: config.trustedProxies }));
    const answering = trackAnswers(server);
    const house = keepHouse(platform, log);
    log.info({ url }, 'listening');
    let stopping: Promise<void> | undefined;
    const stopAll = async () => {
      await finish({ server, answering });
      await house.stop();
      await database.close();
    };
    return { url, platform, stop: () => (stopping ??= stopAll()) };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** How large answers may be: one about a single issue, at least, with a body of each phase. */
const answersFor = ({ bodyLimitBytes }: Config) => ({
  maxBytes: Math.max(32 * 1024 ** 2, 3 * bodyLimitBytes),
  patienceMs,
});

/** How many calls a customer may have under way at once: half the connections are others'. */
const turnsFor = ({ database }: Config) => ({
  total: Infinity,
  perName: database.kind === 'postgres' ? Math.ceil(database.poolSize / 2) : 10,
  patienceMs,
});

/** How long somebody waits for what others have under way. */
const patienceMs = 5_000;

/** What the platform is called: as the configuration says, or on this machine. */
function publicUrlsOf({ publicUrl }: Config, url: string): Platform['publicUrls'] {
  const { port } = new URL(url);
  return publicUrl === undefined ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : [publicUrl];
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem =
        cause.code === 'EADDRINUSE'
          ? 'it is taken; stop what listens there or choose another with PORT'
          : cause.message;
      reject(new StartupError(`PORT ${port} on HOST ${host} can't be used: ${problem}.`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new StartupError(`HOST ${host} is not an address to listen on.`);
  // An address that means "all of them" is not one to connect to.
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address.address] ?? address.address;
  return `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${address.port}`;
}

/** The answers that are under way. */
function trackAnswers(server: Server): Set<ServerResponse> {
  const answering = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    response.shouldKeepAlive &&= server.listening;
    answering.add(response);
    response.once('close', () => answering.delete(response));
  });
  return answering;
}

interface Stoppable {
  readonly server: Server;
  readonly answering: ReadonlySet<ServerResponse>;
}

/** Lets requests under way finish, and no new ones come. */
async function finish({ server, answering }: Stoppable): Promise<void> {
  // Not http's own, which would cut connections whose first request is still on its way.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  // After what has arrived was read: else a connection would count as idle whose request waits in it.
  const sweeping = setInterval(() => setImmediate(() => server.closeIdleConnections()), idleGraceMs);
  // Or else a client that goes on asking would keep its connection, and the server, open.
  for (const response of answering) response.shouldKeepAlive = false;
  const impatience = setTimeout(() => server.closeAllConnections(), stopGraceMs);
  await closed;
  clearTimeout(impatience);
  clearInterval(sweeping);
}
