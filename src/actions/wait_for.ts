import { defineAction, type ProbeContext } from '../model/action.ts';
import { formatDuration, parseDuration } from '../util/duration.ts';
import type { Result } from '../util/result.ts';
import { commandLine } from '../util/command-line.ts';
import { failed } from './support/failure.ts';
import { readWaitForPath, waitForPathScript, type WantedPath } from './support/wait-for-path.ts';
import { waitForPort, type WantedPort } from './support/wait-for-port.ts';
import type { CannotLook, Waited, WaitTimes } from './support/wait.ts';

const DEFAULT_WITHIN = '30s';
const DEFAULT_EVERY = '1s';
// For the last look, and for a host that answers slowly.
const MARGIN_MS = 15_000;

export const action = defineAction({
  name: 'wait_for',
  summary: 'Waits until a TCP port accepts connections or a path is there, or no longer.',
  notes: [
    'Unlike other reading actions it fails by what it sees: when it is not so within the time. So it holds up a fix until a',
    'service is ready, and it is a step of `verify` without `expect`. `within` is its deadline; the `timeout` of the step is not.',
    '',
    'A port is connected to as the host itself sees it, through the connection to the host, and closed at once: the service may log',
    'that, and sshd logs each refusal. No answer at all (a firewall, a full queue) is neither `started` nor `stopped`. Where the',
    'host forbids such connections, its table of listening ports is read instead, which is possible for loopback addresses only.',
    '',
    'Links are followed: one that leads nowhere is absent. `contains` is searched for as it is, within one line.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  judges: true,
  idempotent: true,
  params: {
    port: {
      type: { kind: 'int', minimum: 1, maximum: 65_535 },
      description: 'A TCP port; either this or `path`.',
      optional: true,
    },
    address: {
      type: { kind: 'string', pattern: '^[^\\s/]+$', form: 'a name or an address without a port, such as 127.0.0.1' },
      description: 'Where the port is, as seen from the host; `127.0.0.1` by default.',
      optional: true,
    },
    path: {
      type: { kind: 'string', pattern: '^/', form: 'an absolute path, such as /run/app.pid' },
      description: 'A path on the host.',
      optional: true,
    },
    contains: {
      type: { kind: 'string', pattern: '^[^\\n]+$', form: 'text on one line, not empty' },
      description: 'Text that the file has to have before it counts as present.',
      optional: true,
    },
    state: {
      type: { kind: 'string', enum: ['started', 'stopped', 'present', 'absent'] },
      description: 'Of a port `started` (the default) or `stopped`; of a path `present` (the default) or `absent`.',
      optional: true,
    },
    within: {
      type: { kind: 'duration' },
      description: `How long to wait at most; \`${DEFAULT_WITHIN}\` by default.`,
      optional: true,
    },
    every: {
      type: { kind: 'duration' },
      description: `Pause between two looks; \`${DEFAULT_EVERY}\` by default.`,
      optional: true,
    },
  },
  conflict({ port, address, path, contains, state }) {
    if ((port === undefined) === (path === undefined)) return 'give either port or path';
    if (port !== undefined && (state === 'present' || state === 'absent'))
      return `a port is started or stopped, not ${state}`;
    if (port !== undefined && contains !== undefined) return 'contains goes with path: remove it';
    if (path !== undefined && (state === 'started' || state === 'stopped'))
      return `a path is present or absent, not ${state}`;
    if (path !== undefined && address !== undefined) return 'address goes with port: remove it';
    return contains !== undefined && state === 'absent' ? 'contains goes with state: present' : undefined;
  },
  output: { waited: { type: { kind: 'duration' }, description: 'How long it took.' } },
  examples: [
    { title: 'The database accepts connections', params: { port: 5432, within: '1m' } },
    { title: 'The old process is gone', params: { path: '/run/app.pid', state: 'absent', within: '2m' } },
    { title: 'The service says that it is ready', params: { path: '/var/log/app.log', contains: 'ready to serve' } },
  ],
  work: {
    kind: 'probe',
    summary: (params) => summaryOf(wantedOf(params), params.within ?? DEFAULT_WITHIN),
    deadline: ({ within }) => millisecondsOf(within ?? DEFAULT_WITHIN) + MARGIN_MS,
    async probe(params, context: ProbeContext) {
      const wanted = wantedOf(params);
      const times = {
        withinMs: millisecondsOf(params.within ?? DEFAULT_WITHIN),
        everyMs: Math.max(10, millisecondsOf(params.every ?? DEFAULT_EVERY)),
      };
      const waited = await waitFor(wanted, times, context);
      if (!waited.ok) return failed(waited.error.reason, waited.error.message);
      const { met, waitedMs, seen } = waited.value;
      if (met) return { status: 'ok', output: { waited: formatDuration(waitedMs) } };
      return failed('expect', `${complaintAbout(wanted)} within ${formatDuration(times.withinMs)}: ${seen}`);
    },
  },
});

type Wanted = ({ readonly kind: 'port' } & WantedPort) | ({ readonly kind: 'path' } & WantedPath);

interface Params {
  readonly port?: number;
  readonly address?: string;
  readonly path?: string;
  readonly contains?: string;
  readonly state?: 'started' | 'stopped' | 'present' | 'absent';
}

function wantedOf({ port, address = '127.0.0.1', path = '', contains, state }: Params): Wanted {
  if (port !== undefined) return { kind: 'port', address, port, state: state === 'stopped' ? 'stopped' : 'started' };
  const content = contains === undefined ? {} : { contains };
  return { kind: 'path', path, state: state === 'absent' ? 'absent' : 'present', ...content };
}

async function waitFor(wanted: Wanted, times: WaitTimes, context: ProbeContext): Promise<Result<Waited, CannotLook>> {
  if (wanted.kind === 'port') return waitForPort(context, wanted, times);
  return readWaitForPath(await context.read(waitForPathScript(wanted, times)), wanted);
}

function summaryOf(wanted: Wanted, within: string): string {
  const what = wanted.kind === 'port' ? `port ${wanted.port} of ${wanted.address}` : commandLine([wanted.path]);
  const content =
    wanted.kind === 'path' && wanted.contains !== undefined ? ` with ${commandLine([wanted.contains])}` : '';
  return `wait until ${what} is ${wanted.state}${content}, ${within} at most`;
}

function complaintAbout(wanted: Wanted): string {
  if (wanted.kind === 'port') {
    const port = `port ${wanted.port} of ${wanted.address}`;
    return wanted.state === 'started' ? `${port} accepted no connection` : `${port} did not stop`;
  }
  const { path, state, contains } = wanted;
  if (contains !== undefined) return `${path} did not get the text ${JSON.stringify(contains)}`;
  return state === 'present' ? `${path} did not appear` : `${path} did not go away`;
}

function millisecondsOf(duration: string): number {
  const read = parseDuration(duration);
  return read.ok ? read.value : 0;
}
