import assert from 'node:assert/strict';
import { defineAction, type Action, type ProbeContext } from '../../../src/model/action.ts';
import { constant, runbook, step } from '../../support/runbook-builder.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RunRig } from '../../support/run-rig.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';

/** Looks from the controller in the given way. */
function probing(probe: (context: ProbeContext) => Promise<string>): Action {
  return defineAction({
    name: 'probe',
    summary: 'Looks through the connection.',
    effect: 'reads',
    risk: 'none',
    idempotent: true,
    params: {},
    output: { seen: { type: { kind: 'string' }, description: 'what was seen' } },
    examples: [],
    work: {
      kind: 'probe',
      summary: () => 'look',
      probe: async (_params, context) => ({ status: 'ok', output: { seen: await probe(context) } }),
    },
  });
}

async function look(
  probe: (context: ProbeContext) => Promise<string>,
  prepare = (_rig: RunRig, _host: ScriptedHost) => {},
) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, { page: 'hello' });
  const diagnose = [step({ id: 'page', action: probing(probe), params: {}, timeoutMs: constant(5000) })];
  const rig = new RunRig({ clock, runbook: runbook({ diagnose, findings: [] }), hosts: { web01: host } });
  prepare(rig, host);
  const finished = await rig.go();
  const [ended] = rig.journal.of('step-ended');
  return { clock, finished, ended, journal: rig.journal };
}

const readPage = async (context: ProbeContext): Promise<string> => {
  const answer = await context.read({ summary: 'look page', text: 'look page' });
  return answer.stdout.text;
};

describe('an action that looks from the controller', () => {
  it('may read on the host; that is evidence too', async () => {
    const { ended, journal } = await look(readPage);
    assert.deepEqual([ended?.status, ended?.output], ['ok', { seen: 'hello' }]);
    assert.equal(journal.of('evidence')[0]?.output.text, 'hello');
  });

  it('is told why a port could not be reached', async () => {
    const error = { code: 'channel-refused', message: 'sshd forwards nothing' } as const;
    const { ended } = await look(
      async (context) => {
        const stream = await context.dial('127.0.0.1', 80);
        return stream.ok ? 'open' : stream.error.code;
      },
      (_rig, host) => {
        host.dial = () => ({ ok: false, error });
      },
    );
    assert.deepEqual(ended?.output, { seen: 'channel-refused' });
  });

  it('fails when it takes longer than its timeout, even if it never answers', async () => {
    const { ended, clock } = await look(() => new Promise<string>(() => undefined));
    assert.deepEqual([ended?.status, ended?.reason], ['failed', 'timeout']);
    assert.equal(clock.monotonic(), 5000);
  });

  it('loses the host when the connection breaks under it', async () => {
    const { finished } = await look(readPage, (_rig, host) => {
      host.fault = () => ({ end: { how: 'lost' } });
    });
    assert.equal(finished.hosts['web01']?.outcome, 'unreachable');
  });

  it('fails for a bug of its own, and nothing else does', async () => {
    const { ended } = await look(() => Promise.reject(new Error('boom')));
    assert.deepEqual([ended?.status, ended?.reason], ['failed', 'output']);
    assert.match(ended?.error ?? '', /probe could not read the answer: Error: boom/);
  });

  it('is ended by the second interrupt', async () => {
    const { ended, finished } = await look(
      () => new Promise<string>(() => undefined),
      (rig) => {
        rig.journal.onCommit = (event) => {
          if (event.type !== 'step-started') return;
          rig.stop.abort('SIGINT');
          rig.kill.abort('SIGINT');
        };
      },
    );
    assert.equal(ended?.reason, 'cancelled');
    assert.equal(finished.hosts['web01']?.outcome, 'not-started');
  });
});
