// Tracing by OpenTelemetry. Loaded only if the environment configures it.
import { getNumberFromEnv, setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type BatchSpanProcessorOptions } from '@opentelemetry/sdk-trace';
import { makeSampler } from './sampler.ts';
import type { SamplerSettings } from './sampler-settings.ts';
import { Spans } from './spans.ts';
import type { Tracing } from './tracing.ts';

/** OpenTelemetry reads the endpoint and the service name from its own environment variables. */
interface TracingOptions {
  readonly sampler: SamplerSettings;
  /** The server's version. */
  readonly version: string;
  /** Called with the reason when spans could not be exported. */
  readonly onFailure: (failure: unknown) => void;
}

export function startTracing({ sampler, version, onFailure }: TracingOptions): Tracing {
  setGlobalErrorHandler(onFailure);
  const exporter = new OTLPTraceExporter();
  const provider = new TracerProvider({
    sampler: makeSampler(sampler),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'rsolv-platform', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batchOptions() })],
  });
  return new Spans(provider.getTracer('rsolv', version), () => provider.shutdown().catch(onFailure));
}

/** The settings of the batch processor: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
function batchOptions(): Omit<BatchSpanProcessorOptions, 'exporter'> {
  const given = {
    scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: getNumberFromEnv('OTEL_BSP_EXPORT_TIMEOUT'),
    maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
