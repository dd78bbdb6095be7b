import { OPENMETRICS_TYPE, openMetricsText } from '../util/metrics-text.ts';
import { whyNotAlive, whyNotReady } from './readiness.ts';
import { statusMetrics } from './status-metrics.ts';
import type { ServeStatus } from './status.ts';

/** What the answer depends on: of the body of a request nothing is read. */
export interface Asked {
  readonly method: string;
  /** As it was sent: with what is behind a `?`. */
  readonly target: string;
  /** The header of that name, if there is one. */
  readonly host?: string;
}

export interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnswerParts {
  readonly version: string;
  /** On a port: a web page in a browser of this machine may ask there under a name of its own (DNS rebinding). */
  readonly onPort: boolean;
  readonly status: () => ServeStatus;
}

/** The answer of `serve` to one request. */
export function answer({ method, target, host }: Asked, { version, onPort, status }: AnswerParts): Answer {
  if (onPort && !isOfThisMachine(host)) return plain(403, 'ask by the name localhost, or by 127.0.0.1 or [::1]');
  const path = target.split('?', 1)[0] ?? '';
  if (!PATHS.includes(path)) return plain(404, `there is ${PATHS.join(', ')}`);
  if (method !== 'GET' && method !== 'HEAD')
    return { ...plain(405, 'only GET and HEAD'), headers: { allow: 'GET, HEAD' } };
  const now = status();
  if (path === '/metrics')
    return { code: 200, type: OPENMETRICS_TYPE, body: openMetricsText(statusMetrics(now, version)) };
  const reasons = path === '/livez' ? whyNotAlive(now) : whyNotReady(now);
  return reasons.length === 0 ? plain(200, 'ok') : plain(503, reasons.join('\n'));
}

const PATHS: readonly string[] = ['/livez', '/readyz', '/metrics'];

const plain = (code: number, text: string): Answer => ({
  code,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
});

/** HTTP/1.0 has no such header, and no browser speaks it. */
const isOfThisMachine = (host: string | undefined): boolean =>
  host === undefined || /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
