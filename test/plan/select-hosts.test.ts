import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Inventory } from '../../src/model/inventory.ts';
import { selectHosts } from '../../src/plan/select-hosts.ts';
import { inventory, inventoryHost } from '../support/hosts.ts';

const INVENTORY = inventoryOf(['web01', 'web02', 'web03', 'db01', 'db02', 'lonely'], {
  webservers: ['web01', 'web02', 'web03'],
  databases: ['db01', 'db02'],
  staging: ['web03', 'db02'],
  retired: [],
});

describe('selectHosts', () => {
  const cases: readonly (readonly [pattern: string, limit: string | undefined, selected: string])[] = [
    ['all', undefined, 'web01 web02 web03 db01 db02 lonely'],
    ['web02', undefined, 'web02'],
    ['webservers', undefined, 'web01 web02 web03'],
    ['db01,web01', undefined, 'web01 db01'],
    ['db01:web01', undefined, 'web01 db01'],
    ['db01, web01 ', undefined, 'web01 db01'],
    ['web01,webservers', undefined, 'web01 web02 web03'],
    ['web*', undefined, 'web01 web02 web03'],
    ['w?b01', undefined, 'web01'],
    ['*01', undefined, 'web01 db01'],
    ['data*', undefined, 'db01 db02'],
    ['all:!staging', undefined, 'web01 web02 db01 lonely'],
    ['!staging:all', undefined, 'web01 web02 db01 lonely'],
    ['webservers:&staging', undefined, 'web03'],
    ['all:&staging:!db*', undefined, 'web03'],
    ['all:!old*', undefined, 'web01 web02 web03 db01 db02 lonely'],
    ['all:!retired', undefined, 'web01 web02 web03 db01 db02 lonely'],
    ['webservers', 'web02,db01', 'web02'],
    ['all', 'all:!web*', 'db01 db02 lonely'],
  ];
  for (const [pattern, limit, selected] of cases) {
    it(`selects ${selected} for ${pattern}${limit === undefined ? '' : ` limited to ${limit}`}`, () => {
      const result = selectHosts(INVENTORY, pattern, limit);
      assert.ok(result.ok);
      assert.equal(result.value.map((host) => host.name).join(' '), selected);
    });
  }

  const refused: readonly (readonly [pattern: string, limit: string | undefined, message: string, hint: string])[] = [
    ['', undefined, 'the host pattern "" is empty', 'name hosts or groups; all hosts are written out: all'],
    ['all', '', 'the limit "" is empty', 'name hosts or groups; all hosts are written out: all'],
    ['all', ' ', 'the limit " " is empty', 'name hosts or groups; all hosts are written out: all'],
    [
      'all',
      '!web01',
      'the limit "!web01" only takes hosts away and names none',
      'to mean all others, write it out: "all:!web01"',
    ],
    [
      'web01,,web02',
      undefined,
      'the host pattern "web01,,web02" has an empty term',
      'write names separated by single commas, such as web01,web02',
    ],
    ['*', undefined, 'the host pattern "*" matches everything', 'all hosts are written out: all'],
    [
      'wbe01',
      undefined,
      'inventory.yaml has no host or group "wbe01", which the host pattern "wbe01" names',
      'did you mean "web01"?',
    ],
    [
      'all:!stagin',
      undefined,
      'inventory.yaml has no host or group "stagin", which the host pattern "all:!stagin" names',
      'did you mean "staging"?',
    ],
    [
      'all',
      'zzzzzzzz',
      'inventory.yaml has no host or group "zzzzzzzz", which the limit "zzzzzzzz" names',
      'it has webservers, databases, staging, retired, web01, web02, web03, db01 and 3 more',
    ],
    [
      'web[01:20]',
      undefined,
      'the host pattern "web[01:20]" has a term that is not understood: web[01',
      'use names, * and ?, all, !name, &name; regular expressions, [ ] and @file are not supported',
    ],
    [
      '~web.*',
      undefined,
      'the host pattern "~web.*" has a term that is not understood: ~web.*',
      'use names, * and ?, all, !name, &name; regular expressions, [ ] and @file are not supported',
    ],
    [
      'retired',
      undefined,
      'the host pattern "retired" matches none of the 6 hosts of inventory.yaml',
      'an empty selection never means all hosts; correct the pattern or the inventory',
    ],
    [
      'webservers',
      'databases',
      'no host is both in "webservers" (3 hosts) and in the limit "databases" (2 hosts)',
      'widen --limit, or choose other hosts with --hosts',
    ],
  ];
  for (const [pattern, limit, message, hint] of refused) {
    it(`refuses "${pattern}"${limit === undefined ? '' : ` limited to "${limit}"`}: ${message}`, () => {
      assert.deepEqual(selectHosts(INVENTORY, pattern, limit), { ok: false, error: { code: 'usage', message, hint } });
    });
  }

  it('agrees with sets: includes first, then what must also hold, then what is taken away', () => {
    const names = INVENTORY.hosts.map((host) => host.name);
    const groups = new Map(INVENTORY.groups.map((group) => [group.name, group.hosts]));
    const term = fc.record({
      sign: fc.constantFrom('', '&', '!'),
      name: fc.constantFrom(...names, ...groups.keys(), 'all'),
    });
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const pattern = terms.map(({ sign, name }) => sign + name).join(':');
        const hostsOf = (name: string): readonly string[] => (name === 'all' ? names : (groups.get(name) ?? [name]));
        const signed = (sign: string) => terms.filter((each) => each.sign === sign).map(({ name }) => hostsOf(name));
        const expected = names
          .filter((name) => signed('').some((hosts) => hosts.includes(name)))
          .filter((name) => signed('&').every((hosts) => hosts.includes(name)))
          .filter((name) => !signed('!').some((hosts) => hosts.includes(name)));
        const result = selectHosts(INVENTORY, pattern);
        assert.deepEqual(result.ok ? result.value.map((host) => host.name) : [], expected);
      }),
    );
  });

  it('matches globs as a regular expression would, in linear time', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '1', '*', '?'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, glob, (name, pattern) => {
        fc.pre(!/^\*+$/.test(pattern));
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        assert.equal(selectHosts(inventoryOf([name], {}), pattern).ok, expression.test(name));
      }),
    );
    const slow = `${'a*'.repeat(100)}c`;
    const started = performance.now();
    selectHosts(inventoryOf(['a'.repeat(250)], {}), slow);
    assert.ok(performance.now() - started < 200);
  });
});

function inventoryOf(hosts: readonly string[], groups: Readonly<Record<string, readonly string[]>>): Inventory {
  return inventory({
    hosts: hosts.map((name) => inventoryHost(name)),
    groups: Object.entries(groups).map(([name, members]) => ({ name, hosts: members })),
  });
}
