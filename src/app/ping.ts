import { guardedRequest } from '../notify/guarded-request.ts';
import { readOutboundUrl } from '../util/outbound-url.ts';
import { err, ok, type Result } from '../util/result.ts';
import { version } from './surroundings.ts';

/**
 * Tells a service that watches for what does not happen, as healthchecks.io has it: `URL/start` when a run begins, `URL/EXITCODE`
 * when it has ended. Takes ten seconds at most. The error is for people, one line; it changes nothing.
 */
export async function ping(url: string, what: 'start' | number): Promise<Result<void, string>> {
  const to = readOutboundUrl(url);
  if (!to.ok) return err(`the URL to ping ${to.error}`);
  const { value } = to;
  value.pathname = `${value.pathname.replace(/\/$/, '')}/${what}`;
  const userAgent = `runbook/${version()}`;
  const answer = await guardedRequest({ url: value.href, method: 'GET', allow: [], userAgent });
  if (!answer.ok) return err(`the ping failed: ${answer.error.message}`);
  const { status } = answer.value;
  return status >= 200 && status < 300 ? ok(undefined) : err(`the ping failed: ${value.host} answered ${status}`);
}
