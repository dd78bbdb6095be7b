import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { RunEvent } from '../../src/model/event.ts';
import { PROGRAM, Workplace } from './spawn.ts';
import { inTime } from '../support/in-time.ts';

const runbookThatSleeps = (name: string, seconds: number): string => `runbook: ${name}
summary: It takes its time
diagnose:
  - id: wait
    command: [sleep, "${seconds}"]
    effect: reads
findings:
  never:
    when: wait.code > 0
    summary: it did not sleep
    advice: look
`;

describe('a signal', () => {
  let place: Workplace;
  before(() => {
    place = new Workplace().write({
      'runbooks/slow.yaml': runbookThatSleeps('slow', 1),
      'runbooks/slower.yaml': runbookThatSleeps('slower', 25),
    });
  });
  after(() => {
    place.remove();
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`${signal} during the diagnosis ends the run in order, with exit code ${code}`, async () => {
      const events = await planUntil('slow', signal);
      assert.equal(events.code, code);
      assert.equal(events.seen.find((event) => event.type === 'run-interrupted')?.signal, signal);
      const last = events.seen.at(-1);
      assert.ok(last?.type === 'run-finished');
      assert.equal(last.exitCode, code);
      assert.deepEqual(Object.keys(last.hosts), ['localhost']);
    });
  }

  it('twice ends running steps at once', async () => {
    const started = performance.now();
    const { code } = await planUntil('slower', 'SIGINT', 300);
    assert.equal(code, 130);
    assert.ok(performance.now() - started < inTime(5000));
  });

  async function planUntil(runbook: string, signal: NodeJS.Signals, againAfterMs?: number) {
    const child = spawn(process.execPath, [PROGRAM, 'plan', runbook, '--local', '--json'], {
      cwd: place.directory,
      env: place.environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), 8000);
    let out = '';
    let isSent = false;
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      if (isSent || !out.includes('"type":"step-started"')) return;
      isSent = true;
      child.kill(signal);
      if (againAfterMs !== undefined) setTimeout(() => child.kill(signal), againAfterMs);
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(limit);
    const lines = out.trimEnd().split('\n');
    return { code, seen: lines.map((line) => JSON.parse(line) as RunEvent) };
  }
});
