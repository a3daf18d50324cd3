import { z } from 'zod';
import { errorCode } from '../errors/error-code.ts';
import { expected } from './expected.ts';
import { nextCursor, pageFields } from './page.ts';
import { timestamp } from './timestamp.ts';

/** Everything that is recorded, by what was done or tried. */
export const auditActions = [
  'phase.store',
  'phase.replay',
  'phase.retrieve',
  'key.create',
  'key.import',
  'key.exchange',
  'key.rotate',
  'key.revoke',
  'key.list',
  'forge_account.add',
  'forge_account.request_verification',
  'forge_account.verify',
  'forge_account.remove',
  'forge_account.list',
  'customer.create',
  'customer.activate',
  'customer.deactivate',
  'audit.list',
  'audit.drop',
  'authenticate',
  'rate_limit',
  'whoami',
] as const;

/** One of {@link auditActions}. */
export const auditAction = z.enum(auditActions, expected(`one of ${auditActions.join(', ')}`)).meta({
  id: 'AuditAction',
  description: 'What was done or tried. `authenticate`: a key that did not count; `rate_limit`: calls over a limit.',
});
export type AuditAction = z.infer<typeof auditAction>;

/** How it ended. */
export const auditOutcomes = ['allowed', 'refused'] as const;

/** One of {@link auditOutcomes}. */
export const auditOutcome = z
  .enum(auditOutcomes, expected(`one of ${auditOutcomes.join(', ')}`))
  .meta({ id: 'AuditOutcome' });
export type AuditOutcome = z.infer<typeof auditOutcome>;

/**
 * Who did it: a request by its API key, a workflow by its ID token or the key that it got for one, a request without a key
 * that is known, the operator, or the platform by itself.
 */
export const auditActors = ['api_key', 'workflow', 'unknown', 'operator', 'platform'] as const;

/** One of {@link auditActors}. */
export type AuditActor = (typeof auditActors)[number];

const time = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset, as in 2026-01-31T12:00:00Z' })
  .transform((value) => new Date(value));

/** Which of the customer's events to list; REST takes the same names as query parameters. */
export const listAuditEventsInput = z
  .object(
    {
      action: auditAction.optional(),
      outcome: auditOutcome.optional(),
      since: time.optional().meta({ description: 'Only events at this time or later, in ISO 8601.' }),
      until: time.optional().meta({ description: 'Only events before this time, in ISO 8601.' }),
      ...pageFields({ default: 50, max: 200 }),
    },
    expected('an object'),
  )
  .prefault({});

/** Something that was done or tried. */
export const auditEvent = z
  .object({
    id: z.uuid(),
    occurredAt: timestamp,
    actor: z.string().meta({ description: `Who did it: ${auditActors.join(', ')}.` }),
    apiKeyId: z.uuid().nullable().meta({ description: 'The key that was used, also where it was refused.' }),
    action: z.string().meta({ description: 'As `AuditAction`; later versions may have more.' }),
    outcome: auditOutcome,
    errorCode: z
      .union([errorCode, z.string()])
      .nullable()
      .meta({ description: 'Why it was refused; null where it was not.', override: { type: ['string', 'null'] } }),
    target: z
      .object({
        forge: z.string().nullable(),
        namespace: z.string().nullable(),
        repository: z.string().nullable().meta({ description: 'Its name, without the namespace.' }),
        issueNumber: z.int().nullable(),
        phase: z.string().nullable(),
        id: z.uuid().nullable().meta({ description: 'Of the execution, key, forge account or customer.' }),
      })
      .meta({ description: 'What it was done to, as far as that has a meaning.' }),
    requestId: z.string().nullable(),
    address: z.string().nullable().meta({ description: 'Where the request came from.' }),
    count: z.int().meta({ description: 'How many times, where refusals of one minute are counted in one event.' }),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventOutput = z.infer<typeof auditEvent>;

/** A page of events, the newest first. */
export const listAuditEventsOutput = z
  .object({ events: z.array(auditEvent), nextCursor })
  .meta({ id: 'AuditEventPage' });
