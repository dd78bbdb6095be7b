import type { Notification } from '../model/notification.ts';
import { inWords } from './told.ts';

export const CLOUDEVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * Pure: the notification as an event of CloudEvents 1.0 in structured JSON. A receiver that has seen the `source` and `id` drops it.
 * `data` is the notification with a `summary` and a `command` for people; members may be added, none changes its meaning.
 */
export function cloudEvent(notification: Notification): string {
  const { id, at, type, ...data } = notification;
  const { title, command } = inWords(notification);
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/runbook/${encodeURIComponent(notification.machine.toWellFormed())}`,
    type: `dev.runbook.${TYPES[type]}`,
    ...subjectOf(notification),
    time: at,
    datacontenttype: 'application/json',
    data: { summary: title, ...data, command },
  });
}

const TYPES: Readonly<Record<Notification['type'], string>> = {
  'run-finished': 'run.finished',
  'schedule-failed': 'schedule.failed',
  'schedule-missed': 'schedule.missed',
  test: 'test',
};

function subjectOf(notification: Notification): { readonly subject?: string } {
  if (notification.type === 'test') return {};
  return { subject: notification.type === 'run-finished' ? notification.runbook : notification.schedule };
}
