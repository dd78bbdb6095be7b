import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SYSTEM_CLOCK } from '../../src/app/system-clock.ts';
import { serve } from '../../src/server/serve.ts';
import type { ServeEvent } from '../../src/server/serve-event.ts';
import { Workplace } from '../cli/spawn.ts';

const GOOD = `runbook: good
summary: nothing to do
hosts: all
diagnose:
  - id: look
    command: ['true']
    effect: reads
findings:
  never:
    when: look.code == 7
    summary: it cannot be
    advice: nothing
`;

describe('serve', () => {
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace();
    place.write({ 'good.yaml': GOOD, 'broken.yaml': 'runbook: broken\n' });
    configure('good', 'broken');
  });
  afterEach(() => {
    place.remove();
  });

  /** Each with a schedule of its name. */
  function configure(...runbooks: readonly string[]): void {
    const schedules = runbooks.map((name) => `  on-${name}: { runbook: ./${name}.yaml, cron: '@yearly' }\n`);
    place.write({
      'config.yaml': `serve: { listen: ./serve.sock }\nschedules:\n${schedules.join('')}`,
    });
  }

  /** Until `act` has seen enough; what was said. */
  async function watch(
    act: (said: readonly ServeEvent[], reload: () => void) => Promise<void> | void,
  ): Promise<readonly ServeEvent[]> {
    const said: ServeEvent[] = [];
    const [stop, kill] = [new AbortController(), new AbortController()];
    const begun = Promise.withResolvers<() => void>();
    const { directory } = place;
    const environment = place.environment({ RUNBOOK_CONFIG: join(directory, 'config.yaml') });
    const ended = serve({
      here: { environment, directory, home: directory, user: 'ann', siteDirectory: join(directory, 'etc') },
      clock: SYSTEM_CLOCK,
      signals: { stop: stop.signal, kill: kill.signal, onReload: begun.resolve },
      say: (event) => {
        said.push(event);
      },
    });
    await Promise.race([begun.promise.then((reload) => act(said, reload)), ended]);
    stop.abort('SIGTERM');
    const result = await ended;
    assert.ok(result.ok, JSON.stringify(result));
    return said;
  }

  it('says at its start which schedules cannot be used, and watches the others', async () => {
    const said = await watch(() => undefined);
    assert.deepEqual(
      said.map(({ level, message }) => `${level} ${message.replaceAll(place.directory, '.')}`),
      [
        'info watches 2 schedules; answers on ./serve.sock',
        'warning the schedule on-broken: ./broken.yaml cannot be used; runbook lint ./broken.yaml says why',
        'info stopped',
      ],
    );
  });

  it('says so of those of a configuration that was read again', async () => {
    configure('good');
    const said = await watch((_, reload) => {
      configure('good', 'broken', 'gone');
      reload();
    });
    const warnings = said.filter(({ level }) => level === 'warning').map(({ message }) => message);
    assert.equal(warnings.length, 2, JSON.stringify(said));
    assert.match(warnings[0] ?? '', /^the schedule on-broken: .* cannot be used/);
    assert.match(warnings[1] ?? '', /^the schedule on-gone: /);
  });

  it('says in words that its record was taken away', async () => {
    const said = await watch(async (events, reload) => {
      while (!events.some(({ message }) => message.startsWith('watches'))) await SYSTEM_CLOCK.sleep(10);
      rmSync(join(place.directory, 'state'), { recursive: true });
      place.write({ 'config.yaml': 'schedules:\n  on-good: { runbook: ./good.yaml, cron: "@monthly" }\n' });
      reload();
      while (!events.some(({ type }) => type === 'store')) await SYSTEM_CLOCK.sleep(10);
    });
    const fault = said.find(({ type }) => type === 'store');
    assert.match(fault?.message ?? '', /^nothing new starts until it can be written: the folder of the store is gone/);
  });
});
