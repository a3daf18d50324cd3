import { pino, type DestinationStream, type Logger } from 'pino';
import { KeyUses } from '../access/key-use.ts';
import { recordPepper } from '../access/installed-pepper.ts';
import { makeKeyRing } from '../access/key-ring.ts';
import { AuditTrail } from '../audit/audit-trail.ts';
import type { Config } from '../config/config.ts';
import { pepperSource, readPeppers } from '../config/pepper.ts';
import { version } from '../config/version.ts';
import { openDatabase } from '../database/open-database.ts';
import { createApp } from '../http/app.ts';
import { listJobs } from '../jobs/list-jobs.ts';
import { prepareJobs } from '../jobs/prepare-jobs.ts';
import { FairSemaphore } from '../limits/fair-semaphore.ts';
import { RateLimits } from '../limits/rate-limits.ts';
import { ResponseBudget } from '../limits/response-budget.ts';
import { logOptions } from '../observability/log-options.ts';
import { noMetrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Platform } from '../rpc/platform.ts';
import { trustIssuers } from '../workflows/issuers.ts';
import { makeHttpServerCloser } from './close-http-server.ts';
import { createLimitedServer, limitAddresses } from './connections.ts';
import { flushBuffers } from './flush-buffers.ts';
import { GracefulShutdown } from './graceful-shutdown.ts';
import { listen } from './listen.ts';
import { startMetricsServer } from './metrics-server.ts';
import { makeReadinessCheck } from './readiness.ts';

/** A platform that accepts requests. */
export interface RunningPlatform {
  /** A URL that reaches it from this machine. */
  readonly url: string;
  /** The URL of its metrics. Undefined when no port for metrics is configured. */
  readonly metricsUrl: string | undefined;
  readonly platform: Platform;
  readonly log: Logger;
  /**
   * Shuts down gracefully: stops being ready, drains, finishes requests in flight, then closes port and database. A second
   * call skips what is left of the drain.
   */
  stop(): Promise<void>;
}

interface StartOptions {
  /** Receives the log's lines. Default: standard error. */
  readonly logTo?: DestinationStream | undefined;
  /** What the log warns of first. */
  readonly warnings?: readonly string[];
}

/**
 * Opens the database, brings its schema up to date, and listens.
 *
 * @throws StartupError in one line: the database can't be reached, its folder is in use, the pepper does not fit, the port
 *   is taken
 */
export async function startPlatform(
  config: Config,
  { logTo = standardError(), warnings = [] }: StartOptions = {},
): Promise<RunningPlatform> {
  const log = pino(logOptions(config.logLevel), logTo);
  for (const warning of warnings) log.warn(warning);
  // Closed in the reverse order.
  const resources = new AsyncDisposableStack();
  try {
    const tracing = resources.adopt(await startTracing(config, log), (it) => it?.stop());
    const database = resources.adopt(await openDatabase(config.database, tracing), (it) => it.close());
    await database.migrate();
    const keyRing = makeKeyRing(readPeppers(config));
    await recordPepper(database.kysely, keyRing, pepperSource(config));
    const metricsServer = resources.adopt(await startMetricsServer(config), (it) => it?.stop());
    const metrics = metricsServer?.metrics ?? noMetrics;
    const jobs = listJobs(database);
    const preparedJobs = resources.adopt(await prepareJobs({ database, jobs, metrics, log }), (it) => it.stop());
    const shared = { ...makeSharedState(config), keyRing, database, metrics, tracing };
    const shutdown = new GracefulShutdown(config.drainMs);
    const checkReadiness = makeReadinessCheck(database, shutdown);
    metricsServer?.metrics.watch({
      isReady: async () => (await checkReadiness()).length === 0,
      connections: database.connections,
      limits: shared.rateLimits.policies,
      jobs: jobs.map(({ name }) => name),
    });
    const server = createLimitedServer();
    if (config.trustedProxies === 0) limitAddresses(server);
    const settings = { host: 'HOST', port: 'PORT' };
    const url = await listen(server, { host: config.host, port: config.port, settings });
    // The port may be known only now. No request can arrive before the next turn of the event loop.
    const platform = { ...shared, publicUrls: publicUrlsOf(config, url) };
    server.on('request', createApp({ ...platform, log, checkReadiness, trustedProxies: config.trustedProxies }));
    resources.defer(flushBuffers({ ...platform, log }));
    const closeHttpServer = makeHttpServerCloser(server);
    resources.defer(async () => void (await Promise.all([closeHttpServer(), preparedJobs.stop()])));
    await preparedJobs.start();
    log.info({ version, url, metricsUrl: metricsServer?.url }, 'listening');
    const stop = () => stopGracefully(shutdown, { resources, log });
    return { url, metricsUrl: metricsServer?.url, platform, log, stop };
  } catch (cause) {
    await resources.disposeAsync();
    throw cause;
  }
}

/** Says in the log when the shutdown begins and when it has ended. */
function stopGracefully(
  shutdown: GracefulShutdown,
  { resources, log }: { readonly resources: AsyncDisposableStack; readonly log: Logger },
): Promise<void> {
  if (!shutdown.hasBegun) log.info('stopping');
  return shutdown.begin(async () => {
    await resources.disposeAsync();
    log.info('stopped');
  });
}

const standardError = (): DestinationStream =>
  pino.destination({ fd: 2, sync: false, minLength: 16_000, periodicFlush: 100 });

/** What all requests share in this process's memory. */
function makeSharedState(config: Config) {
  return {
    keyUses: new KeyUses(),
    auditTrail: new AuditTrail(),
    rateLimits: new RateLimits(config.rateLimits),
    concurrencyLimit: new FairSemaphore(concurrencyLimitFor(config)),
    responseBudget: new ResponseBudget(responseBudgetFor(config)),
    issuers: trustIssuers(config.issuers),
    bodyLimitBytes: config.bodyLimitBytes,
    staleAfterMs: config.staleAfterMs,
  };
}

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

/** The configured public URL, or else the URLs that reach the platform on this machine. */
function publicUrlsOf({ publicUrl }: Config, url: string): Platform['publicUrls'] {
  const { port } = new URL(url);
  return publicUrl === undefined ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : [publicUrl];
}

async function startTracing({ tracing }: Config, log: Logger): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const openTelemetry = await import('../observability/open-telemetry.ts');
  const onFailure = (failure: unknown) =>
    log.warn({ failure: failure instanceof Error ? failure.message : String(failure) }, 'could not send spans');
  return openTelemetry.startTracing({ ...tracing, version, onFailure });
}
