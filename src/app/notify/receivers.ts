import type { Notify } from '../../model/configuration.ts';
import type { Notification } from '../../model/notification.ts';
import { conditionHolds, type Circumstances } from '../../plan/policy.ts';

/** Somebody who is told, under a name that no other has. */
export interface Receiver {
  readonly name: string;
  readonly notify: Notify;
}

/** What `when` of a receiver is asked about. */
export interface Occasion extends Circumstances {
  /** Of which a receiver's pattern must have one. Absent: none is known yet. */
  readonly hosts?: readonly string[];
}

/** Pure: the site's and the user's file may have the same names. */
export function receiversOf(all: readonly Notify[]): readonly Receiver[] {
  const seen = new Map<string, number>();
  return all.map((notify) => {
    const times = (seen.get(notify.name) ?? 0) + 1;
    seen.set(notify.name, times);
    return { name: times === 1 ? notify.name : `${notify.name} (${times})`, notify };
  });
}

/** Pure: who of them is to be told. */
export function toldOf(
  notification: Notification,
  occasion: Occasion,
  receivers: readonly Receiver[],
): readonly Receiver[] {
  return receivers.filter(({ notify }) => isWanted(notification, notify.on) && holds(notify, occasion));
}

function isWanted(notification: Notification, on: Notify['on']): boolean {
  const isRun = notification.type === 'run-finished';
  // Whoever makes a plan on a terminal has it before their eyes.
  if (on.includes('all')) return !(isRun && notification.mode === 'plan' && notification.trigger === 'person');
  if (!isRun) return on.includes('needs-person');
  if (on.includes('needs-person') && notification.needsPerson) return true;
  return on.includes('repaired') && (notification.counts.repaired ?? 0) > 0;
}

function holds({ when }: Notify, { hosts = [''], ...about }: Occasion): boolean {
  return hosts.some((host) => conditionHolds(when, host, about, true));
}
