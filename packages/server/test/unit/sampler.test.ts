// Which traces each value of OTEL_TRACES_SAMPLER records.
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { makeSampler } from '../../src/observability/sampler.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const within = (traceFlags: number) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'b7ad6b7169203331', traceFlags, isRemote: true });

it.each([
  ['always_on', 1, [true, true, true]],
  ['always_off', 1, [false, false, false]],
  ['traceidratio', 1, [true, true, true]],
  ['traceidratio', 0, [false, false, false]],
  ['parentbased_always_on', 1, [true, false, true]],
  ['parentbased_always_off', 1, [false, false, true]],
  ['parentbased_traceidratio', 0, [false, false, true]],
] as const)('samples by %s with the ratio %d', (name, ratio, expected) => {
  const sampler = makeSampler({ name, ratio });
  const decisions = [ROOT_CONTEXT, within(0), within(1)].map(
    (context) => sampler.shouldSample(context, traceId, 'a span', SpanKind.SERVER, {}, []).decision,
  );
  expect(decisions.map((decision) => decision === SamplingDecision.RECORD_AND_SAMPLED)).toEqual(expected);
});
