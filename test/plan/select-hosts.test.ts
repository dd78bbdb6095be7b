import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Inventory } from '../../src/model/inventory.ts';
import { selectHosts as select, type ReadNames } from '../../src/plan/select-hosts.ts';
import { err, ok } from '../../src/util/result.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inventory, inventoryHost } from '../support/hosts.ts';
import { inTime } from '../support/in-time.ts';

const INVENTORY = inventoryOf(['web01', 'web02', 'web03', 'db01', 'db02', 'lonely'], {
  webservers: ['web01', 'web02', 'web03'],
  databases: ['db01', 'db02'],
  staging: ['web03', 'db02'],
  retired: [],
});

describe('selectHosts', () => {
  const cases: readonly (readonly [pattern: string | undefined, limit: string | undefined, selected: string])[] = [
    ['all', undefined, 'web01 web02 web03 db01 db02 lonely'],
    ['web02', undefined, 'web02'],
    ['webservers', undefined, 'web01 web02 web03'],
    ['db01,web01', undefined, 'db01 web01'],
    ['db01:web01', undefined, 'db01 web01'],
    ['db01, web01 ', undefined, 'db01 web01'],
    ['db01 web01', undefined, 'db01 web01'],
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
    ['all', '@failed.txt', 'web02 db02'],
    ['webservers', '@failed.txt,web01', 'web01 web02'],
    [undefined, 'db02,web01', 'db02 web01'],
    ['webservers[0]', undefined, 'web01'],
    ['webservers[-1]', undefined, 'web03'],
    ['webservers[1:]', undefined, 'web02 web03'],
    ['webservers[0:1]', undefined, 'web01 web02'],
    ['webservers[0:0]', undefined, 'web01'],
    ['webservers[1:9]', undefined, 'web02 web03'],
    ['all[-2]', undefined, 'db02'],
    ['web*[4]', undefined, 'web02'],
    ['webservers[0:1]:!web02', undefined, 'web01'],
    ['all:!webservers[0]', undefined, 'web02 web03 db01 db02 lonely'],
    ['web0[!2]*', undefined, 'web01 web03'],
    ['~web0[13]', undefined, 'web01 web03'],
    ['~.*01$', undefined, 'web01 db01'],
    ['~(?i)LONE', undefined, 'lonely'],
    ['all:!~web|data', undefined, 'lonely'],
    ['l*', undefined, 'lonely'],
    ['all:!a*', undefined, 'web01 web02 web03 db01 db02 lonely'],
    ['all:!ungrouped', undefined, 'web01 web02 web03 db01 db02 lonely'],
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
      'write names separated by single commas, such as web01,web02; a variable in it may have been empty',
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
      'inventory.yaml has no host or group "web[01:20]", which the host pattern "web[01:20]" names',
      'as in Ansible this is a count of the hosts of a group web; for names write web* or ~web0[12]$',
    ],
    [
      'webservers[7]',
      undefined,
      'inventory.yaml has only 3 hosts for "webservers", and so no webservers[7], which the host pattern "webservers[7]" names',
      'they are counted from 0: webservers[0] to webservers[2]',
    ],
    [
      'web[1-3]',
      undefined,
      'the host pattern "web[1-3]" has a term that Ansible reads otherwise than it looks: web[1-3]',
      'members 1 to 3 of a group: web[1:3]; letters of a name: ~web[1-3]$',
    ],
    [
      'web[1,2]',
      undefined,
      'the host pattern "web[1,2]" has a [ or a ] without the other one',
      'members are written web[0] or web[0:2], one of several letters web[abc]*; a comma always separates terms',
    ],
    [
      'web[1:x',
      undefined,
      'the host pattern "web[1:x" has a [ or a ] without the other one',
      'members are written web[0] or web[0:2], one of several letters web[abc]*; a comma always separates terms',
    ],
    ['?*[0]', undefined, 'the host pattern "?*[0]" matches everything', 'all hosts are written out: all'],
    ['~.', undefined, 'the host pattern "~." matches everything', 'all hosts are written out: all'],
    ['~', undefined, 'the host pattern "~" matches everything', 'all hosts are written out: all'],
    [
      '~web(?!01)',
      undefined,
      'the host pattern "~web(?!01)" has a regular expression that cannot be used: invalid or unsupported Perl syntax: (?!',
      'RE2 has no (?=...), no (?!...) and no \\1; take hosts away with !~...',
    ],
    [
      '~web\\Z',
      undefined,
      'the host pattern "~web\\\\Z" has a regular expression that cannot be used: invalid escape sequence: \\Z',
      'RE2 has no (?=...), no (?!...) and no \\1; take hosts away with !~...',
    ],
    [
      '~web0{,2}1:db01',
      undefined,
      'the host pattern "~web0{,2}1:db01" has a regular expression that cannot be used: Python reads web0{ otherwise',
      'a comma always separates terms: write [0-9][0-9]? for [0-9]{1,2}',
    ],
    [
      '@failed.txt',
      undefined,
      'the host pattern "@failed.txt" has a file, which is not read here: @failed.txt',
      '--limit takes a file with names, one a line: --limit @failed.txt',
    ],
    [
      'all',
      '@none.txt',
      'the limit "@none.txt" names a file without a host',
      'where nothing failed there is nothing to do; all hosts are written out: all',
    ],
    [
      'web01:22',
      undefined,
      'inventory.yaml has no host or group "web01:22", which the host pattern "web01:22" names',
      'a pattern has no ports; they are in the inventory: ansible_port',
    ],
    [
      'web01:db01,db02',
      undefined,
      'inventory.yaml has no host or group "web01:db01", which the host pattern "web01:db01,db02" names',
      'where a pattern has a comma, only commas separate its terms',
    ],
    [
      'localhost',
      undefined,
      'inventory.yaml has no host or group "localhost", which the host pattern "localhost" names',
      'this machine itself, without an inventory: --local',
    ],
    [
      'web01::db01',
      undefined,
      'the host pattern "web01::db01" has an empty term',
      'write names separated by single commas, such as web01,web02; a variable in it may have been empty',
    ],
    [
      'db01,~[[:alpha:]]01',
      undefined,
      'the host pattern "db01,~[[:alpha:]]01" has a regular expression that cannot be used: Python reads [[:alpha:]]01 otherwise',
      'write the letters: [a-z0-9]',
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
        const expected = [...new Set(signed('').flat())]
          .filter((name) => signed('&').every((hosts) => hosts.includes(name)))
          .filter((name) => !signed('!').some((hosts) => hosts.includes(name)));
        const result = selectHosts(INVENTORY, pattern);
        assert.deepEqual(result.ok ? result.value.map((host) => host.name) : [], expected);
      }),
    );
  });

  it('takes an IPv6 address for one name', () => {
    const addresses = ['2001:db8::1', '::1', '2001:db8:0:0:0:0:0:2', '::ffff:192.0.2.1'];
    const from = inventoryOf([...addresses, 'web01'], {});
    for (const address of addresses) {
      for (const pattern of [address, `${address},web01`, `web01,${address}`]) {
        const result = selectHosts(from, pattern);
        assert.ok(result.ok, pattern);
        assert.deepEqual(
          result.value.map(({ name }) => name),
          pattern.split(','),
        );
      }
    }
  });

  it('takes less than 50 ms for twenty terms on 5,000 hosts', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `web${index}.dc${index % 7}.example.com`);
    const groups = Object.fromEntries(
      Array.from({ length: 50 }, (_, group) => [`g${group}`, names.filter((_name, index) => index % 50 === group)]),
    );
    const large = inventoryOf(names, groups);
    const signed = ['', '', '', '&', '!'];
    const texts = ['all', 'g1*', '*.example.com', '~web\\d+', 'g2', 'g3[0:9]', 'web1*', '*dc3*'];
    const terms = Array.from(
      { length: 20 },
      (_, at) => `${signed[at % 5] ?? ''}${at % 5 === 4 ? 'g7' : (texts[at % 8] ?? '')}`,
    );
    const times = Array.from({ length: 5 }, () => {
      const spent = startCpuClock();
      assert.ok(selectHosts(large, terms.join(',')).ok);
      return spent();
    });
    assert.ok(Math.min(...times) < inTime(50), `it took ${Math.min(...times)} ms`);
  });

  it('matches globs as a regular expression would, in linear time', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '1', '*', '?'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, glob, (name, pattern) => {
        fc.pre(!/^[*?]*\*[*?]*$/.test(pattern));
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        assert.equal(selectHosts(inventoryOf([name], {}), pattern).ok, expression.test(name));
      }),
    );
    const slow = `${'a*'.repeat(100)}c`;
    const spent = startCpuClock();
    selectHosts(inventoryOf(['a'.repeat(250)], {}), slow);
    assert.ok(spent() < inTime(200));
  });
});

const FILES: Readonly<Record<string, readonly string[]>> = { 'failed.txt': ['db02', 'web02'], 'none.txt': [] };

const readNames: ReadNames = (file) => {
  const lines = FILES[file];
  return lines === undefined ? err({ code: 'usage', message: `there is no file ${file}` }) : ok(lines);
};

const selectHosts = (from: Inventory, pattern: string | undefined, limit?: string) =>
  select(from, { pattern, limit }, readNames);

function inventoryOf(hosts: readonly string[], groups: Readonly<Record<string, readonly string[]>>): Inventory {
  return inventory({
    hosts: hosts.map((name) => inventoryHost(name)),
    groups: Object.entries(groups).map(([name, members]) => ({ name, hosts: members })),
  });
}
