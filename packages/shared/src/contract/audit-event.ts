import { z } from 'zod';
import { errorCode } from '../errors/error-code.ts';
import { expected } from './expected.ts';
import { momentSyntax, pastMoment } from './moment.ts';
import { nextCursor, pageFields, usualSizes } from './page.ts';
import { strictObject } from './strict-object.ts';
import { timestamp } from './timestamp.ts';

/** The actions that the audit trail records. */
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
  'customer.rename',
  'customer.delete',
  'customer.activate',
  'customer.deactivate',
  'repository.list',
  'repository.rename',
  'execution.list',
  'execution.show',
  'audit.list',
  'audit.drop',
  'authenticate',
  'rate_limit',
  'whoami',
] as const;

/** One of {@link auditActions}. */
export const auditAction = z.enum(auditActions, expected(`one of ${auditActions.join(', ')}`)).meta({
  id: 'AuditAction',
  description:
    'The action. `authenticate`: a request with an invalid API key. `rate_limit`: calls that exceeded a rate limit.',
});

/** One of {@link auditActions}. */
export type AuditAction = z.infer<typeof auditAction>;

/** The outcomes of an action. */
export const auditOutcomes = ['allowed', 'refused'] as const;

/** One of {@link auditOutcomes}. */
export const auditOutcome = z
  .enum(auditOutcomes, expected(`one of ${auditOutcomes.join(', ')}`))
  .meta({ id: 'AuditOutcome', description: 'Whether the action was allowed or refused.' });

/** One of {@link auditOutcomes}. */
export type AuditOutcome = z.infer<typeof auditOutcome>;

/**
 * Who performed an action: a request with an API key, a workflow with its ID token or the API key that it got for it, a
 * request without a known API key, the operator, or the platform itself.
 */
export const auditActors = ['api_key', 'workflow', 'unknown', 'operator', 'platform'] as const;

/** One of {@link auditActors}. */
export type AuditActor = (typeof auditActors)[number];

/** The input that lists a customer's audit events; REST takes the same names as query parameters. */
export const listAuditEventsInput = strictObject(
  {
    action: auditAction.optional(),
    outcome: auditOutcome.optional(),
    since: pastMoment.optional().meta({ description: `Only events at this time or later: ${momentSyntax} ago.` }),
    until: pastMoment.optional().meta({ description: `Only events before this time: ${momentSyntax} ago.` }),
    ...pageFields({ ...usualSizes, default: 50 }),
  },
  'an object',
).prefault({});

/** An event of the audit trail. */
export const auditEvent = z
  .object({
    id: z.uuid().meta({ description: 'The id of the event.' }),
    occurredAt: timestamp.meta({ description: 'When the action was performed.' }),
    actor: z.string().meta({
      description: `Who performed the action: ${auditActors.join(', ')}. Later versions may add others.`,
      examples: ['api_key'],
    }),
    apiKeyId: z.uuid().nullable().meta({ description: 'The API key of the request, even if it was refused.' }),
    action: z.string().meta({
      description: 'The action, one of `AuditAction`. Later versions may add others.',
      examples: ['phase.store'],
    }),
    outcome: auditOutcome,
    errorCode: z
      .union([errorCode, z.string()])
      .nullable()
      .meta({
        description: 'The code of the error, where the action was refused; otherwise null.',
        override: { type: ['string', 'null'] },
        examples: ['FORGE_ACCOUNT_MISSING'],
      }),
    target: z
      .object({
        forge: z
          .string()
          .nullable()
          .meta({ description: 'The forge.', examples: ['github'] }),
        namespace: z
          .string()
          .nullable()
          .meta({ description: 'The namespace.', examples: ['acme'] }),
        repository: z
          .string()
          .nullable()
          .meta({
            description: 'The name of the repository, without its namespace.',
            examples: ['shop'],
          }),
        issueNumber: z
          .int()
          .nullable()
          .meta({ description: 'The number of the issue.', examples: [42] }),
        phase: z
          .string()
          .nullable()
          .meta({ description: 'The phase.', examples: ['scan'] }),
        id: z.uuid().nullable().meta({
          description: 'The id of the execution, API key, forge account or customer.',
        }),
      })
      .meta({ description: 'What the action was performed on. Fields that do not apply to the action are null.' }),
    requestId: z.string().nullable().meta({ description: 'The id of the request, as in `X-Request-Id`.' }),
    address: z
      .string()
      .nullable()
      .meta({
        description: 'The IP address that the request came from, shortened if the operator configured that.',
        examples: ['203.0.113.7'],
      }),
    count: z.int().meta({
      description: 'How many times this happened: equal refusals within a minute are one event.',
      examples: [1],
    }),
  })
  .meta({ id: 'AuditEvent' });

/** An event of the audit trail in a response. */
export type AuditEventOutput = z.infer<typeof auditEvent>;

/** A page of audit events, newest first. */
export const listAuditEventsOutput = z
  .object({ events: z.array(auditEvent).meta({ description: 'The events, newest first.' }), nextCursor })
  .meta({ id: 'AuditEventPage' });
