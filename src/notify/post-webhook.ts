import type { Notification } from '../model/notification.ts';
import { cloudEvent, CLOUDEVENT_TYPE } from './cloudevent.ts';
import type { Delivery } from './delivery.ts';
import { guardedRequest, type RequestSettings } from './guarded-request.ts';
import { slackMessage } from './slack.ts';

export interface Webhook {
  /** It may be a secret. */
  readonly url: string;
  readonly format: 'cloudevents' | 'slack';
  /** Networks that are not of the internet, to which it may be sent. */
  readonly allow: readonly string[];
  readonly userAgent: string;
}

/** Sends it once. Any answer of 200 to 299 is that it has arrived; after 408, 425, 429 and 500 to 599 another try is worth it. */
export async function postWebhook(
  notification: Notification,
  { url, format, allow, userAgent }: Webhook,
  settings: RequestSettings,
): Promise<Delivery> {
  const isSlack = format === 'slack';
  const contentType = isSlack ? 'application/json; charset=utf-8' : CLOUDEVENT_TYPE;
  const body = isSlack ? slackMessage(notification) : cloudEvent(notification);
  const answer = await guardedRequest({ url, method: 'POST', contentType, body, allow, userAgent }, settings);
  if (!answer.ok) {
    const { kind, message: note } = answer.error;
    return { kind: kind === 'refused' ? 'never' : 'later', note };
  }
  const { status, retryAfterMs } = answer.value;
  const note = `${new URL(url).host} answered ${status}`;
  if (status >= 200 && status < 300) return { kind: 'sent', note };
  if (status >= 500 || PASSING.includes(status))
    return { kind: 'later', note, ...(retryAfterMs !== undefined && { afterMs: retryAfterMs }) };
  if (status >= 300 && status < 400)
    return { kind: 'never', note: `${note}: no redirect is followed, so write the URL to which it leads` };
  return { kind: 'never', note };
}

const PASSING: readonly number[] = [408, 425, 429];
