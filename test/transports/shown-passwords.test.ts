import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ShownPasswords, type PasswordVerdict, type Withheld } from '../../src/transports/shown-passwords.ts';
import { Secret } from '../../src/util/secret.ts';

const password = new Secret('hunter2');

describe('a password that many hosts are to be shown', () => {
  let passwords: ShownPasswords;
  const shown: string[] = [];
  const trials = new Map<string, (verdict: PasswordVerdict) => void>();
  const show = (host: string): Promise<PasswordVerdict | Withheld> =>
    passwords.show(host, password, () => {
      shown.push(host);
      return new Promise((resolve) => trials.set(host, resolve));
    });
  const says = async (host: string, verdict: PasswordVerdict): Promise<void> => {
    trials.get(host)?.(verdict);
    await turn();
  };
  const free = (host: string): boolean => passwords.isFree(host, password);

  beforeEach(() => {
    passwords = new ShownPasswords();
    shown.length = 0;
    trials.clear();
  });

  it('is shown to one alone until that has taken it', async () => {
    assert.ok(free('web01'));
    const all = Promise.all(['web01', 'web02', 'web03'].map(show));
    await turn();
    assert.deepEqual([shown, free('web02')], [['web01'], false]);
    await says('web01', 'taken');
    assert.deepEqual([shown, free('web04')], [['web01', 'web02', 'web03'], true]);
    await says('web02', 'taken');
    await says('web03', 'taken');
    assert.deepEqual(await all, ['taken', 'taken', 'taken']);
  });

  it('is shown to no further one once one has refused it, but still to those that took it', async () => {
    const first = show('web01');
    await says('web01', 'taken');
    assert.equal(await first, 'taken');
    const second = show('web02');
    await says('web02', 'refused');
    assert.equal(await second, 'refused');
    assert.deepEqual(await show('web03'), { refusedBy: 'web02' });
    assert.deepEqual([free('web03'), free('web02'), free('web01')], [false, false, true]);
    const again = show('web01');
    await says('web01', 'taken');
    assert.deepEqual([await again, shown], ['taken', ['web01', 'web02', 'web01']]);
  });

  it('is shown to the next when one fell silent', async () => {
    const first = show('web01');
    const second = show('web02');
    await says('web01', 'ended');
    await says('web02', 'taken');
    assert.deepEqual([await first, await second, shown], ['ended', 'taken', ['web01', 'web02']]);
  });

  it('is kept apart from others', async () => {
    void show('web01');
    await turn();
    assert.ok(passwords.isFree('web02', new Secret('another')));
  });
});
