import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { loadConfiguration } from '../../src/load/configuration.ts';
import { configurationSchema } from '../../src/load/configuration/schema.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';

const FILE = '/etc/runbook/config.yaml';

function load(text: string) {
  return loadConfiguration({ file: FILE, text }, { timezone: 'Europe/Berlin' });
}

function partOf(text: string) {
  const { part, diagnostics } = load(text);
  assert.deepEqual(diagnostics, []);
  assert.ok(part !== undefined);
  return part;
}

/** `line:column code message`, each with its hint. */
function wrong(text: string): readonly string[] {
  const { part, diagnostics } = load(text);
  assert.equal(part, undefined);
  return diagnostics.map(({ code, message, hint, at: { start } }) => {
    return `${start.line}:${start.column} ${code} ${message}${hint === undefined ? '' : ` | ${hint}`}`;
  });
}

const schedule = (lines: string): string =>
  `schedules:\n  s:\n    runbook: r\n    ${lines.replaceAll('\n', '\n    ')}\n`;

const EXAMPLE = (() => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
  return /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
})();

describe('a configuration', () => {
  it('is what the schema for editors says, too', () => {
    const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(configurationSchema());
    const valueOf = (text: string): unknown => parseYaml({ file: FILE, text }).value;
    assert.ok(isValid(valueOf(EXAMPLE.replace('!secret oncall_url', 'x'))), JSON.stringify(isValid.errors));
    for (const text of [
      'forks: 0',
      'policy: [{ repair: true }]',
      'schedules: { a: { every: 5m } }',
      'lock_wait: 2 m',
    ]) {
      assert.ok(!isValid(valueOf(text)), text);
    }
  });

  it('as docs/configuration.md shows it is taken whole', () => {
    const part = partOf(EXAMPLE);
    assert.deepEqual(part.inventory?.value, ['/etc/runbook/inventory.yaml']);
    assert.equal(part.lockWaitMs?.value, 120_000);
    assert.equal(part.clearTextPasswords?.value, 'refuse');
    const [night, schedules] = part.policy;
    assert.deepEqual(night?.when, { triggers: ['unattended', 'schedule'], hosts: 'databases' });
    assert.deepEqual(night?.unless, {
      time: { from: 22 * 60, to: 6 * 60, days: [1, 2, 3, 4, 5], timezone: 'Europe/Berlin' },
    });
    assert.deepEqual([night?.repair, night?.name], [false, 'databases only at night']);
    assert.deepEqual([schedules?.repair, schedules?.name, schedules?.maxRisk], [true, 'rule 2', 'restart']);
    assert.deepEqual(schedules?.caps, { maxFailures: { kind: 'hosts', hosts: 1 }, brakePercent: 20 });
    const [locks] = part.schedules;
    assert.deepEqual([locks?.name, locks?.hosts, locks?.timing.kind], ['apache-locks', 'webservers', 'cron']);
    assert.deepEqual(part.serve.listen?.value, { address: '127.0.0.1', port: 9797 });
    assert.deepEqual(part.serve.idleMs?.value, 15 * 60_000);
    const [first, second] = part.notify;
    assert.ok(first?.to.kind === 'webhook' && first.to.url instanceof SecretName);
    assert.deepEqual(second?.on, ['needs-person', 'repaired']);
  });

  it('in which all lines are commented out says nothing', () => {
    const part = partOf('# forks: 10\n\n  # more\n');
    assert.deepEqual(part, { file: FILE, runbooks: [], policy: [], schedules: [], serve: {}, notify: [] });
  });

  it('has paths that start at its folder, and none in a home', () => {
    const part = partOf('inventory: [hosts.yaml, /srv/more]\nrunbooks: [../ops]\nsecrets: s.age\n');
    assert.deepEqual(part.inventory?.value, ['/etc/runbook/hosts.yaml', '/srv/more']);
    assert.deepEqual(
      part.runbooks.map(({ value }) => value),
      ['/etc/ops'],
    );
    assert.equal(part.secrets?.value, '/etc/runbook/s.age');
    assert.deepEqual(wrong('secrets: ~/s.age'), [
      '1:10 E_RANGE secrets: expected a path, found "~/s.age" | no home is filled in here: write the path in full',
    ]);
  });

  it('keeps the place of each value', () => {
    const { forks } = partOf('# how many\nforks: 20\n');
    assert.deepEqual([forks?.value, forks?.at.file, forks?.at.start.line, forks?.at.start.column], [20, FILE, 2, 8]);
  });

  it('tells all that is wrong in it at once', () => {
    const text = 'inventroy: x\nforks: 900\nforks: 1\nlock_wait: 2 minutes\nbrake: 20%\npolicy: [{ repair: no }]\n';
    assert.deepEqual(wrong(text), [
      "1:1 E_UNKNOWN_KEY unknown key inventroy | did you mean 'inventory'?",
      '2:8 E_RANGE forks: expected a number from 1 to 500, found 900 | write it like 50',
      '3:1 E_DUPKEY the key forks is there twice, first at 2:1 | remove one of them',
      '4:12 E_RANGE lock_wait: expected a duration such as 15m, found "2 minutes" | write it like 2m; 0s for not at all',
      '5:1 E_UNKNOWN_KEY unknown key brake | it belongs in a rule of policy',
      '6:20 E_RANGE repair: expected true or false, found "no"',
    ]);
  });

  const cases: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    [
      'is no map',
      '- forks: 1',
      ['1:1 E_TYPE the configuration must be a map, found a list | write lines of key: value'],
    ],
    [
      'has a list where a map belongs',
      'serve: [runs]',
      ['1:8 E_TYPE serve must be a map, found a list | write lines of key: value'],
    ],
    [
      'has a rule that does nothing',
      'policy:\n  - when: { trigger: schedule }',
      [
        '2:5 E_REQUIRED the rule does nothing | write repair: false, or one of max_risk, max_failures, max_unreachable, brake, forks',
      ],
    ],
    [
      'has a rule that would loosen',
      'policy:\n  - repair: true',
      [
        '2:5 E_VALUE repair: true says nothing: a rule only tightens | write repair: false, or one of max_risk, max_failures, max_unreachable, brake, forks',
      ],
    ],
    [
      'has a condition that says nothing',
      'policy:\n  - repair: false\n    unless: {}',
      ['3:13 E_EMPTY_STEPS unless is empty | write at least one'],
    ],
    [
      'has a pattern that cannot be meant',
      "policy:\n  - repair: false\n    when: { hosts: 'web01,,web02' }",
      [
        '3:20 E_TARGET the host pattern web01,,web02 has an empty term | write names separated by single commas, such as web01,web02; a variable in it may have been empty',
      ],
    ],
    [
      'has a window without an end, and one of another clock',
      "policy:\n  - repair: false\n    when: { time: { from: '22:00' } }\n  - repair: false\n    when: { time: { from: 22, to: '24:00', days: Mon, timezone: Berlin } }",
      [
        "3:19 E_REQUIRED time needs to | write time: { from: '22:00', to: '06:00' }",
        "5:27 E_RANGE time.from: expected a time such as 22:00, found 22 | write it like '22:00', in quotes; midnight is '00:00'",
        `5:35 E_RANGE time.to: expected a time such as 22:00, found "24:00" | write it like '06:00', in quotes; midnight is '00:00'`,
        '5:50 E_RANGE time.days: expected one of sun, mon, tue, wed, thu, fri, sat, found "Mon" | did you mean mon?',
        '5:65 E_RANGE time.timezone: expected a time zone such as Europe/Berlin, found "Berlin" | did you mean Europe/Berlin?',
      ],
    ],
    [
      'has a zone that is an offset',
      schedule("cron: '@daily'\ntimezone: '+01:00'"),
      [
        '5:15 E_RANGE s.timezone: expected a time zone such as Europe/Berlin, found "+01:00" | a name of the IANA data base, as timedatectl list-timezones prints them',
      ],
    ],
    [
      'has a schedule without a time, and one with two',
      `${schedule('mode: shadow')}  t: { runbook: r, cron: '@daily', every: 5m }`,
      [
        "3:5 E_REQUIRED it says neither cron nor every | write cron: '*/5 * * * *', or every: 5m",
        '5:36 E_VALUE there is cron as well as every | keep one of them',
      ],
    ],
    [
      'has a field of cron that cannot be, at its place in the text',
      schedule("cron: '*/5 * * 13 *'"),
      [
        '4:20 E_CRON cron: month is 1-12, not 13 | write *, or values of 1-12 or jan-dec: one, a-b, a list with commas; /n after * or a range',
      ],
    ],
    [
      'has intervals that are too short, and jitter that is too long',
      `${schedule('every: 29s')}  t: { runbook: r, every: 5m, jitter: 5m }\n  u: { runbook: r, cron: '*/10 * * * *', jitter: 10m }`,
      [
        '4:12 E_RANGE s.every: expected a duration such as 5m, from 30s to 366d, found "29s" | write it like 5m',
        '5:39 E_RANGE jitter must be less than the shortest interval, 5m | else occurrences would overtake',
        '6:50 E_RANGE jitter must be less than the shortest interval, 10m | else occurrences would overtake',
      ],
    ],
    [
      'has what comes less often than each year, or may start later than that',
      `${schedule('every: 100000d')}  t: { runbook: r, every: 1h, grace: 999999999d }`,
      [
        '4:12 E_RANGE s.every: expected a duration such as 5m, from 30s to 366d, found "100000d" | write it like 5m',
        '5:38 E_RANGE t.grace: expected a duration such as 10m, of 366d at most, found "999999999d" | write it like 10m',
      ],
    ],
    [
      'has a zone for what has none',
      schedule('every: 5m\ntimezone: Europe/Berlin'),
      ['5:5 E_VALUE every has the same times in every zone | remove timezone: it is for cron'],
    ],
    [
      'has schedules that nothing could be named after',
      "schedules:\n  Web: { runbook: r, cron: '@daily' }\n  serve: { runbook: r, cron: '@daily' }",
      [
        '2:3 E_NAME no schedule can be called "Web" | a name has small letters, digits and -, begins with a letter, and has at most 63 of them',
        '3:3 E_NAME no schedule can be called serve: that is the scheduler itself | take another name',
      ],
    ],
    [
      'has a secret among the params of a schedule',
      schedule("cron: '@daily'\nparams: { a: [!secret b], c: 1 }"),
      [
        '5:18 E_TAG the param a: no secret can be given here | write it into the inventory, as a variable of that name, or as the default of the param',
      ],
    ],
    [
      'would listen to other machines',
      'serve: { listen: 0.0.0.0:80 }',
      [
        '1:18 E_RANGE serve.listen: expected the path of a socket, or a port of this machine such as 127.0.0.1:9797, found "0.0.0.0:80" | other machines have no business there; a proxy on this one may let them in',
      ],
    ],
    [
      'lets serve wait for weeks',
      'serve: { stop: 25d }',
      ['1:16 E_RANGE serve.stop: expected a duration such as 90s, of 24h at most, found "25d" | write it like 90s'],
    ],
    [
      'tells somebody whom nothing reaches',
      'notify:\n  - name: x\n  - { webhook: https://h.example.org, email: ops }\n  - { email: -oQ/tmp }\n  - { email: ops, format: slack }',
      [
        '2:5 E_REQUIRED it says neither webhook nor email | write webhook: and its URL, or email: and an address',
        '3:39 E_VALUE there is a webhook as well as an email | write two entries',
        '4:14 E_RANGE email: expected an address such as ops@example.org, found "-oQ/tmp" | one address; for two write two entries',
        '5:19 E_VALUE format is for a webhook | remove format',
      ],
    ],
    [
      'lets a webhook into a network that is none',
      'notify: [{ webhook: https://h.example.org, allow: [10.0.0.0/33, fd00::/8, 10.0.0.0/8] }]',
      ['1:52 E_RANGE allow: expected a network such as 10.0.0.0/8, found "10.0.0.0/33" | write it like 10.0.0.0/8'],
    ],
  ];
  for (const [what, text, expected] of cases) {
    it(`that ${what} is refused`, () => {
      assert.deepEqual(wrong(text), expected);
    });
  }

  it('repeats no URL that it refuses: it may be a secret', () => {
    for (const url of ['http://h.example.org/hunter2', 'hunter2', 'https://ann:hunter2@h.example.org', '[hunter2]']) {
      const said = wrong(`notify: [{ webhook: "${url}" }]`);
      assert.equal(said.length, 1);
      assert.doesNotMatch(said.join(''), /hunter2/);
    }
    const [near] = partOf('notify: [{ webhook: "http://[::1]:9000/x" }]').notify;
    assert.ok(near?.to.kind === 'webhook' && near.to.url === 'http://[::1]:9000/x');
  });

  it('fills in what a schedule does not say', () => {
    const [found] = partOf(schedule("cron: '@daily'")).schedules;
    const { at, timing, ...rest } = found ?? assert.fail();
    assert.equal(at.start.line, 2);
    assert.equal(timing.kind === 'cron' && timing.timezone, 'Europe/Berlin');
    assert.deepEqual(rest, {
      name: 's',
      runbook: 'r',
      jitterMs: 0,
      overlap: 'skip',
      mode: 'repair',
      maxRisk: 'restart',
      params: {},
      paused: false,
    });
  });

  it('takes all that a schedule can say', () => {
    const [found] = partOf(
      schedule(
        'every: 1h\nhosts: web\njitter: 59m\noverlap: queue\ngrace: 10m\nmode: shadow\nmax_risk: reload\nparams: { a: [1, x] }\ntags: a\nskip_tags: [b, c]\npaused: true\nmetrics_file: m.prom\nping: https://p.example.org/1',
      ).replace('runbook: r', 'runbook: own/r.yaml'),
    ).schedules;
    const { at: _at, ...rest } = found ?? assert.fail();
    assert.deepEqual(rest, {
      name: 's',
      runbook: '/etc/runbook/own/r.yaml',
      hosts: 'web',
      timing: { kind: 'every', everyMs: 3_600_000 },
      jitterMs: 59 * 60_000,
      overlap: 'queue',
      graceMs: 600_000,
      mode: 'shadow',
      maxRisk: 'reload',
      params: { a: [1, 'x'] },
      tags: ['a'],
      skipTags: ['b', 'c'],
      paused: true,
      metricsFile: '/etc/runbook/m.prom',
      ping: 'https://p.example.org/1',
    });
  });
});
