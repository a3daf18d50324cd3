/** Which traces are recorded, as https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ has it. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** `OTEL_TRACES_SAMPLER` and its argument. */
export interface SamplerSettings {
  readonly name: (typeof samplerNames)[number];
  /** For those that go by a ratio. */
  readonly ratio: number;
}
