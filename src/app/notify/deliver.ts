import type { Notify } from '../../model/configuration.ts';
import type { Notification } from '../../model/notification.ts';
import type { Delivery } from '../../notify/delivery.ts';
import { mail } from '../../notify/mail.ts';
import { postWebhook } from '../../notify/post-webhook.ts';
import { sendmail } from '../../notify/sendmail.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lookUpSecrets } from '../secrets.ts';
import type { SecretsOptions } from '../secrets-open.ts';
import { version, type Site } from '../surroundings.ts';

/** Where addresses and their secrets are found. */
export interface Directory {
  readonly site: Site;
  readonly secrets: SecretsOptions;
}

/** Sends it to one of them, once. The secret of a webhook is looked up each time: it may have been changed since. */
export async function deliver(
  notification: Notification,
  { name, to }: Notify,
  { site, secrets }: Directory,
  signal: AbortSignal,
): Promise<Delivery> {
  if (to.kind === 'email') return sendmail(mail(notification, to.address), { signal, environment: site.environment });
  const url = await urlOf(name, to.url, { site, secrets });
  if (!url.ok) return { kind: 'later', note: url.error };
  const { format, allow } = to;
  return postWebhook(notification, { url: url.value, format, allow, userAgent: `runbook/${version()}` }, { signal });
}

async function urlOf(
  receiver: string,
  url: Extract<Notify['to'], { readonly kind: 'webhook' }>['url'],
  { site, secrets }: Directory,
): Promise<Result<string, string>> {
  if (typeof url === 'string') return ok(url);
  const found = await lookUpSecrets(new Map([[url.name, `the webhook of ${receiver}`]]), secrets, site);
  const value = found.ok ? found.value.get(url.name)?.reveal() : undefined;
  if (value !== undefined) return ok(value);
  const { errors = [], diagnostics = [] } = found.ok ? {} : found.error;
  return err([...errors, ...diagnostics].map(inOneLine).join('; '));
}

/** Without the list of places that were looked at. */
function inOneLine({ message, hint }: { readonly message: string; readonly hint?: string }): string {
  const [first = ''] = message.split('\n');
  const what = first.replace(/; looked at$/, '');
  return hint === undefined ? what : `${what}: ${hint}`;
}
