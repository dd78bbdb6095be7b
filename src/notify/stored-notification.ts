import type { Notification } from '../model/notification.ts';
import type { Json } from '../util/json.ts';

/** As the outbox keeps it. */
export function toStored(notification: Notification): Json {
  return JSON.parse(JSON.stringify(notification)) as Json;
}

/** Undefined: another version of this program has put down what this one does not know. Rows were written by us, and are not checked again. */
export function fromStored(body: Json): Notification | undefined {
  if (typeof body !== 'object' || body === null || !('type' in body)) return undefined;
  const known: readonly unknown[] = ['run-finished', 'schedule-failed', 'schedule-missed', 'test'];
  return known.includes(body['type']) ? (body as unknown as Notification) : undefined;
}
