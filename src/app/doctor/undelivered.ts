import type { Complaint } from '../../model/complaint.ts';
import type { Outbox } from '../../model/outbox.ts';
import { count } from '../../util/count.ts';
import { printableLine } from '../../util/printable.ts';

const DAYS = 7;

/** Who was not told in the last week, though the configuration says so. */
export function undeliveredComplaints(outbox: Pick<Outbox, 'givenUp'>, now: number): readonly Complaint[] {
  const lost = outbox.givenUp(new Date(now - DAYS * 24 * 60 * 60_000).toISOString());
  const receivers = [...new Set(lost.map(({ receiver }) => receiver))];
  return receivers.map((receiver) => {
    const own = lost.filter((entry) => entry.receiver === receiver);
    const { error = '', endedAt = '' } = own[0] ?? {};
    return {
      severity: 'warning',
      what: printableLine(`${receiver} was not told ${count(own.length, 'thing')} in the last ${DAYS} days: ${error}`),
      why: `they were given up, the last at ${endedAt}`,
      fix: 'runbook notify test',
    };
  });
}
