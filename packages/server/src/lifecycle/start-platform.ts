// A running platform: database, schema, port; and an orderly end.
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { pino, type DestinationStream, type Logger } from 'pino';
import { createApp } from '../http/app.ts';
import { AuditTrail } from '../audit/audit-trail.ts';
import type { Config } from '../config/config.ts';
import { KeyUses } from '../access/key-use.ts';
import { openDatabase } from '../database/open-database.ts';
import { createLimitedServer, limitAddresses } from './connections.ts';
import { answerMetrics } from './answer-metrics.ts';
import { keepHouse } from '../jobs/housekeeping.ts';
import { makeKeyRing } from '../access/key-ring.ts';
import { version } from '../config/version.ts';
import { readPeppers } from '../config/pepper.ts';
import { ResponseBudget } from '../limits/response-budget.ts';
import { FairSemaphore } from '../limits/fair-semaphore.ts';
import { RateLimits } from '../limits/rate-limits.ts';
import { listen } from './listen.ts';
import { noMetrics } from '../observability/metrics.ts';
import type { ReadableMetrics } from '../observability/prometheus.ts';
import type { Platform } from '../rpc/platform.ts';
import { GracefulShutdown } from './graceful-shutdown.ts';
import { makeReadinessCheck } from './readiness.ts';
import type { Tracing } from '../observability/tracing.ts';
import { trustIssuers } from '../workflows/issuers.ts';

/** A platform that accepts requests. */
export interface RunningPlatform {
  /** Where it is reached from this machine. */
  readonly url: string;
  /** Where its metrics are read; undefined where nobody asked for any. */
  readonly metricsUrl: string | undefined;
  readonly platform: Platform;
  /**
   * Is not ready any more, lets balancers find that out, finishes what is under way, then closes port and database. Called
   * again, it is the same stop, which waits for balancers no longer.
   */
  stop(): Promise<void>;
}

/** How long requests under way get to finish. */
const stopGraceMs = 10_000;

/** How long connections that ask nothing stay open by then. */
const idleGraceMs = 250;

/**
 * Opens the database, brings its schema up to date, and listens.
 *
 * @param logTo takes the log's lines; without it standard error does
 * @throws StartupError in one line: the database can't be reached, its folder is in use, the port is taken
 */
export async function startPlatform(config: Config, logTo = standardError()): Promise<RunningPlatform> {
  const log = pino({ level: config.logLevel, errorKey: 'err' }, logTo);
  // In the order in which it was opened, it is needed; so it is closed the other way round.
  const opened = new AsyncDisposableStack();
  try {
    const tracing = opened.adopt(await traceRequests(config, log), (it) => it?.stop());
    const database = opened.adopt(await openDatabase(config.database, tracing), (it) => it.close());
    await database.migrate();
    const measured = opened.adopt(await serveMetrics(config), (it) => it?.stop());
    const prepared = {
      database,
      keyRing: makeKeyRing(readPeppers(config)),
      keyUses: new KeyUses(),
      auditTrail: new AuditTrail(),
      rateLimits: new RateLimits(config.rateLimits),
      metrics: measured?.metrics ?? noMetrics,
      tracing,
      concurrencyLimit: new FairSemaphore(concurrencyLimitFor(config)),
      responseBudget: new ResponseBudget(responseBudgetFor(config)),
      issuers: trustIssuers(config.issuers),
      bodyLimitBytes: config.bodyLimitBytes,
    };
    const shutdown = new GracefulShutdown(config.drainMs);
    const checkReadiness = makeReadinessCheck(database, shutdown);
    measured?.metrics.watch({
      isReady: async () => (await checkReadiness()).length === 0,
      connections: database.connections,
      limits: prepared.rateLimits.policies,
    });
    const server = createLimitedServer();
    if (config.trustedProxies === 0) limitAddresses(server);
    const settings = { host: 'HOST', port: 'PORT' };
    const url = await listen(server, { host: config.host, port: config.port, settings });
    // Which port it is may be known only now. No request has come in the same turn.
    const platform = { ...prepared, publicUrls: publicUrlsOf(config, url) };
    server.on('request', createApp({ ...platform, log, checkReadiness, trustedProxies: config.trustedProxies }));
    const answering = trackAnswers(server);
    const house = keepHouse(platform, log);
    opened.defer(() => house.stop());
    opened.defer(() => finish({ server, answering }));
    log.info({ version, url, metricsUrl: measured?.url }, 'listening');
    const stop = () => shutdown.begin(() => opened.disposeAsync());
    return { url, metricsUrl: measured?.url, platform, stop };
  } catch (cause) {
    await opened.disposeAsync();
    throw cause;
  }
}

const standardError = (): DestinationStream =>
  pino.destination({ fd: 2, sync: false, minLength: 16_000, periodicFlush: 100 });

/** A response can hold at least one issue with a body of each phase. */
const responseBudgetFor = ({ bodyLimitBytes }: Config) => ({
  maxBytes: Math.max(32 * 1024 ** 2, 3 * bodyLimitBytes),
  timeoutMs: waitTimeoutMs,
});

/** How many calls of one customer may be in flight: half the connections stay free for other customers. */
const concurrencyLimitFor = ({ database }: Config) => ({
  total: Infinity,
  perKey: database.kind === 'postgres' ? Math.ceil(database.poolSize / 2) : 10,
  timeoutMs: waitTimeoutMs,
});

/** How long a call waits for calls or responses in flight. */
const waitTimeoutMs = 5_000;

/** What the platform is called: as the configuration says, or on this machine. */
function publicUrlsOf({ publicUrl }: Config, url: string): Platform['publicUrls'] {
  const { port } = new URL(url);
  return publicUrl === undefined ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : [publicUrl];
}

async function traceRequests({ tracing }: Config, log: Logger): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { startTracing } = await import('../observability/open-telemetry.ts');
  const onFailure = (failure: unknown) =>
    log.warn({ failure: failure instanceof Error ? failure.message : String(failure) }, 'could not send spans');
  return startTracing({ ...tracing, version, onFailure });
}

/** A port that metrics are read from. */
interface MetricsServer {
  readonly url: string;
  readonly metrics: ReadableMetrics;
  stop(): Promise<void>;
}

/** Where there are metrics, they can be read from before the platform takes requests until after it has answered them. */
async function serveMetrics({ metrics }: Config): Promise<MetricsServer | undefined> {
  if (metrics === undefined) return undefined;
  const { makePrometheusMetrics } = await import('../observability/prometheus.ts');
  const readable = makePrometheusMetrics(version);
  const server = createLimitedServer(answerMetrics(readable));
  const url = await listen(server, {
    ...metrics,
    settings: { host: 'RSOLV_METRICS_HOST', port: 'RSOLV_METRICS_PORT' },
  });
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `${url}/metrics`, metrics: readable, stop };
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
