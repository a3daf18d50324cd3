// Metrics have a port of their own, so that what opens the platform to the world does not open them.
import type { RequestListener } from 'node:http';
import type { ReadableMetrics } from '../observability/prometheus.ts';

/** Answers `GET /metrics`, and nothing else. */
export function answerMetrics(metrics: ReadableMetrics): RequestListener {
  return (request, response) => {
    const isRoute = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    if (!isRoute) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is only GET /metrics here.\n');
      return;
    }
    metrics.read().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
