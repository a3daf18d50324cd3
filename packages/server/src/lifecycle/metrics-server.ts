// Metrics have a port of their own, so that the port that is open to the internet does not publish them.
import type { RequestListener } from 'node:http';
import type { Config } from '../config/config.ts';
import { version } from '../config/version.ts';
import type { ReadableMetrics } from '../observability/prometheus.ts';
import { createLimitedServer } from './connections.ts';
import { listen } from './listen.ts';

/** A server for `GET /metrics`. */
export interface MetricsServer {
  readonly url: string;
  readonly metrics: ReadableMetrics;
  stop(): Promise<void>;
}

/**
 * Serves metrics on the configured port.
 *
 * @returns undefined when no port is configured
 * @throws StartupError naming the setting when the port can't be used
 */
export async function startMetricsServer({ metrics }: Config): Promise<MetricsServer | undefined> {
  if (metrics === undefined) return undefined;
  const { makePrometheusMetrics } = await import('../observability/prometheus.ts');
  const readable = makePrometheusMetrics(version);
  const server = createLimitedServer(answerMetrics(readable));
  const settings = { host: 'RSOLV_METRICS_HOST', port: 'RSOLV_METRICS_PORT' };
  const url = await listen(server, { ...metrics, settings });
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `${url}/metrics`, metrics: readable, stop };
}

function answerMetrics(metrics: ReadableMetrics): RequestListener {
  return (request, response) => {
    const isRoute = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    if (!isRoute) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('This port serves GET /metrics only.\n');
      return;
    }
    metrics.read().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
