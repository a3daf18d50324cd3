import { listAuditEventsInput, listAuditEventsOutput } from '@rsolv/shared/contract/audit-event';
import { describeEvent } from '../audit/describe-event.ts';
import { listAuditEvents } from '../audit/list-audit-events.ts';
import { listing, managing, router } from './procedure.ts';

/** The audit events of a customer: what was done with its keys, and what the operator did for it. */
export const auditRouter = router({
  list: managing('audit.list')
    .use(listing)
    .input(listAuditEventsInput)
    .output(listAuditEventsOutput)
    .query(async ({ ctx: { platform, customer }, input }) => {
      const request = { ...input, customerId: customer.id };
      const { events, nextCursor } = await listAuditEvents(platform.database.kysely, request);
      return { events: events.map(describeEvent), nextCursor };
    }),
});
