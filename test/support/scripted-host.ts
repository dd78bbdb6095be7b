import { defineAction, type Action } from '../../src/model/action.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { BoundHost, HostFacts } from '../../src/model/host.ts';
import type { CommandEnd, CommandResult, Output } from '../../src/model/script.ts';
import type { SimulatedHost, SimulatedRequest } from '../../src/transports/memory.ts';
import type { LockNote } from '../../src/model/transport.ts';
import { nearHost } from './hosts.ts';
import { sha256 } from '../../src/util/sha256.ts';
import type { JsonObject } from '../../src/util/json.ts';

/** The lock of another person's run. */
export const OTHER_RUN: LockNote = {
  runId: 'other',
  host: 'web',
  epoch: 1,
  runbook: 'disk-full',
  by: 'bob@desk',
  since: '2026-01-01T00:00:00Z',
};

/** Reads one thing of a scripted host. */
export const look: Action = defineAction({
  name: 'look',
  summary: 'Reads one value.',
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: { key: { type: { kind: 'string' }, description: 'what' } },
  output: { value: { type: { kind: 'string' }, description: 'its value' } },
  examples: [],
  work: {
    kind: 'script',
    compose: ({ key }) => ({ summary: `look ${key}`, text: `look ${key}` }),
    interpret: ({ code, stdout, stderr }) =>
      code === 0
        ? { status: 'ok', output: { value: stdout.text } }
        : { status: 'failed', reason: 'exit', error: stderr.text },
  },
});

interface ChangingOptions {
  readonly undo?: Action['undo'];
}

/** Sets one thing of a scripted host; `ok` when it has that value already. */
export function changing(
  name: string,
  { undo = { kind: 'builtin', how: 'the value is set back' } }: ChangingOptions = {},
): Action {
  return defineAction({
    name,
    summary: 'Sets one value.',
    effect: 'changes',
    risk: 'restart',
    undo,
    idempotent: true,
    params: {
      key: { type: { kind: 'string' }, description: 'what' },
      state: { type: { kind: 'string' }, description: 'to what' },
    },
    output: { before: { type: { kind: 'string' }, description: 'the former value' } },
    examples: [],
    work: {
      kind: 'script',
      compose: ({ key, state }) => ({ summary: `${name} ${key} ${state}`, text: `set ${key} ${state}` }),
      interpret: ({ code, stdout, stderr }, { key, state }) => {
        if (code !== 0) return { status: 'failed', reason: 'exit', error: stderr.text };
        const before = stdout.text;
        if (before === state) return { status: 'ok', output: { before } };
        const known = undo.kind === 'builtin' ? { undo: [{ action: name, params: { key, state: before } }] } : {};
        return { status: 'changed', output: { before }, ...known };
      },
    },
  });
}

export const set = changing('set');
export const service = changing('service');
export const erase = changing('erase', { undo: { kind: 'none', reason: 'gone for good' } });
export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [look, set, service, erase].map((action) => [action.name, action]),
);

export const FACTS: HostFacts = {
  os: 'debian',
  os_version: '12',
  kernel: '6.1.0',
  arch: 'x86_64',
  init: 'systemd',
  boot_id: 'boot-1',
  boot_time: '2025-12-31T00:00:00Z',
  time: '2026-01-01T00:00:00Z',
  cpus: 2,
  memory_bytes: 1_000_000,
  machine_id: 'machine-1',
  uid: 0,
};

/** One command that reached a scripted host. */
export interface Reached {
  readonly effect: 'reads' | 'changes';
  readonly text: string;
  /** Milliseconds of the clock when it began and ended. */
  readonly from: number;
  to: number;
}

interface Fault {
  readonly end: CommandEnd;
  /** The host did the work before that end. */
  readonly done?: boolean;
  readonly stderr?: string;
}

/** A machine that is a map of values: `look KEY` prints one, `set KEY VALUE` prints the former one and sets it. */
export class ScriptedHost implements SimulatedHost {
  readonly facts: HostFacts;
  readonly values: Map<string, string>;
  readonly reached: Reached[] = [];
  readonly clock: Clock;
  latencyMs = 0;
  connectError?: ErrorInfo;
  lockHolder?: LockNote;
  dial?: NonNullable<SimulatedHost['dial']>;
  /** Called before each command; what it returns ends the command. */
  fault: (text: string, earlier: number) => Fault | undefined = () => undefined;

  constructor(clock: Clock, values: Readonly<Record<string, string>>, facts: Partial<HostFacts> = {}) {
    this.clock = clock;
    this.values = new Map(Object.entries(values));
    this.facts = { ...FACTS, ...facts };
  }

  get changes(): readonly string[] {
    return this.reached.filter(({ effect }) => effect === 'changes').map(({ text }) => text);
  }

  async respond({ script, effect, signal }: SimulatedRequest): Promise<CommandResult> {
    const from = this.clock.monotonic();
    const reached: Reached = { effect, text: script.text, from, to: from };
    const earlier = this.reached.filter(({ text }) => text === script.text).length;
    this.reached.push(reached);
    await this.clock.sleep(this.latencyMs, signal);
    const fault = this.fault(script.text, earlier);
    const printed = fault === undefined || fault.done === true ? this.#obey(script.text) : '';
    reached.to = this.clock.monotonic();
    const end = fault?.end ?? { how: 'exit', code: 0 };
    return { end, stdout: output(printed), stderr: output(fault?.stderr ?? ''), durationMs: reached.to - from };
  }

  #obey(text: string): string {
    const [verb, key = '', value = ''] = text.split(' ');
    const before = this.values.get(key) ?? '';
    if (verb === 'set') this.values.set(key, value);
    return before;
  }
}

function output(text: string): Output {
  return { text, bytes: Buffer.byteLength(text), sha256: sha256(text), truncated: false };
}

export function boundHost(name: string, params: Readonly<Record<string, unknown>> = {}): BoundHost {
  return { host: nearHost(name, 'memory'), params, secrets: {} };
}

export const setTo = (key: string, state: string): JsonObject => ({ key, state });
