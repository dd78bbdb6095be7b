import assert from 'node:assert/strict';
import type { Scope } from '../../src/model/expression.ts';
import { Secret } from '../../src/util/secret.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { BASE_RUNBOOK, lint, lintCodes, loaded } from '../support/base-runbook.ts';
import { okResult, scopeWith } from '../support/scope.ts';
import { inTime } from '../support/in-time.ts';

const MOUNTS = [
  {
    mount: '/',
    device: 'sda1',
    fs_type: 'ext4',
    local: true,
    read_only: false,
    size_bytes: 100,
    used_bytes: 91,
    free_bytes: 9,
    used_percent: 91.25,
    inodes: 10,
    inodes_used: 1,
    inodes_used_percent: 10,
  },
  {
    mount: '/srv',
    device: 'sdb1',
    fs_type: 'xfs',
    local: true,
    read_only: true,
    size_bytes: 200,
    used_bytes: 20,
    free_bytes: 180,
    used_percent: 10,
    inodes: 0,
    inodes_used: 0,
    inodes_used_percent: 0,
  },
];

/** The base runbook with a step `disk`, and this under `summary` and `items` of a finding. */
function withExpression(expression: string): string {
  return BASE_RUNBOOK.replace(
    '  - id: log',
    '  - id: disk\n    disk_usage: {}\n  - id: clock\n    clock: {}\n  - id: log',
  ).replace(
    'findings:\n',
    () =>
      `findings:\n  probe:\n    items: '${`[${expression}]`.replaceAll("'", "''")}'\n    severity: info\n    advice: none\n    summary: x\n`,
  );
}

function scope(): Scope {
  return scopeWith(
    {
      disk: okResult({ mounts: MOUNTS, worst: MOUNTS[0] ?? {} }),
      clock: okResult({
        service: 'chrony',
        unit: 'chrony.service',
        synchronised: true,
        offset: '-1h30m',
        rtc_offset: '500ms',
        sources: 3,
        reachable_sources: 2,
      }),
      svc: { status: 'skipped', error: '' },
      log: { status: 'failed', error: 'permission denied' },
    },
    { params: { service: 'apache2', limit: 90, names: ['b', 'a', 'b'], password: new Secret('hunter2') } },
  );
}

function evaluate(expression: string): unknown {
  const items = loaded(withExpression(expression)).findings[0]?.items?.evaluate(scope());
  assert.ok(items !== undefined);
  return items.ok ? items.value[0] : items.error;
}

describe('An expression', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['disk.mounts[0].mount', '/'],
    ['disk.mounts.filter(m, m.used_percent >= params.limit).map(m, m.mount)', ['/']],
    ['disk.worst', MOUNTS[0]],
    ['disk.mounts.filter(m, m.read_only)', [MOUNTS[1]]],
    ['disk.worst.used_bytes + 1', 92],
    ['disk.worst.used_bytes * 1.5', 136.5],
    ['disk.worst.used_percent - 1', 90.25],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['disk.worst.size_bytes == 100.0', true],
    ['disk.worst.used_percent > 91', true],
    ['clock.offset', '-1h30m'],
    ['abs(clock.offset) > duration("1h")', true],
    ['abs(-3)', 3],
    ['host.time - host.boot_time', '1d12h'],
    ['host.time - duration("12h")', '2026-01-02T00:00:00Z'],
    ['text(disk.worst.used_percent) + " %"', '91.25 %'],
    ['text(98.0)', '98'],
    ['text(33.333333)', '33.33'],
    ['text(clock.offset)', '-1h30m'],
    ['text(host.time)', '2026-01-02T12:00:00Z'],
    ['text(true)', 'true'],
    ['human(1610612736)', '1.5 GiB'],
    ['human(0)', '0 B'],
    ["re('AH00144: no space', 'AH0014[46]')", true],
    ['"a.b.c".replace(".", "$&")', 'a$&b$&c'],
    ['params.names.join("-")', 'b-a-b'],
    ['disk.mounts.map(m, m.used_bytes).join(",")', '91,20'],
    ['params.names.unique().sort()', ['a', 'b']],
    ['disk.mounts.map(m, m.used_percent).sort()', [10, 91.25]],
    ['min(disk.mounts.map(m, m.used_bytes))', 20],
    ['max(params.names)', 'b'],
    ['sum(disk.mounts.map(m, m.used_bytes))', 111],
    ['sum(disk.mounts.filter(m, false).map(m, m.used_bytes))', 0],
    ['basename("/var/log/syslog") + dirname("/var/log/syslog")', 'syslog/var/log'],
    ['"x" in params.names ? "yes" : "no"', 'no'],
    ['{"a": {"b": 2}}["a"]["b"]', 2],
    ['" a B ".trim().lowerAscii().substring(2)', 'b'],
    ['"a,b".split(",").size()', 2],
    ['int("42") + int(3.9)', 45],
    ['disk.mounts.exists_one(m, m.mount == "/srv")', true],
    ['disk.mounts.map(svc, svc.mount)', ['/', '/srv']],
    ['host.groups[0]', 'webservers'],
  ];
  for (const [expression, value] of values) {
    it(`gives plain JSON: ${expression}`, () => {
      assert.deepEqual(evaluate(expression), value);
    });
  }

  it('absorbs what is missing when the rest decides', () => {
    assert.equal(evaluate('false && svc.active'), false);
    assert.equal(evaluate('svc.active && false'), false);
    assert.equal(evaluate('log.counts.full > 0 || true'), true);
  });

  it('names the step whose field is missing', () => {
    assert.deepEqual(evaluate('svc.active && true'), {
      kind: 'missing',
      message: 'svc.active is missing: the step svc was skipped',
      step: 'svc',
    });
    assert.deepEqual(evaluate('log.counts.full'), {
      kind: 'missing',
      message: 'log.counts is missing: the step log failed',
      step: 'log',
    });
  });

  it('can always ask for status and error, and with has() for a field', () => {
    assert.equal(evaluate('svc.status'), 'skipped');
    assert.equal(evaluate('log.error'), 'permission denied');
    assert.equal(evaluate('has(log.counts)'), false);
    assert.equal(evaluate('has(disk.worst)'), true);
  });

  it('that has no value says why', () => {
    assert.deepEqual(evaluate('1 / 0'), { kind: 'error', message: 'division by zero' });
    assert.deepEqual(evaluate('disk.mounts[5].mount'), {
      kind: 'error',
      message: 'index out of bounds, index 5 >= size 2',
    });
    assert.deepEqual(evaluate('max(disk.mounts.filter(m, false).map(m, m.mount))'), {
      kind: 'error',
      message: 'max() of an empty list',
    });
    assert.deepEqual(evaluate('{"a": 1}["b"]'), { kind: 'error', message: '{"a": 1} has no b' });
    assert.deepEqual(evaluate('9223372036854775807 - 1'), {
      kind: 'error',
      message: '9223372036854775806 is larger than a number can be exactly (2^53)',
    });
  });

  it('is stopped when it takes too long', () => {
    const many = Array.from({ length: 3000 }, () => MOUNTS[0] ?? {});
    const big = scopeWith({ disk: okResult({ mounts: many, worst: MOUNTS[0] ?? {} }) });
    const nested = 'disk.mounts.exists(a, disk.mounts.exists(b, a.used_bytes + b.used_bytes < 0))';
    const items = loaded(withExpression(nested)).findings[0]?.items;
    const spent = startCpuClock();
    const result = items?.evaluate(big);
    assert.ok(spent() < inTime(3000));
    assert.ok(result?.ok === false);
    assert.equal(result.error.message, 'the expression takes too long (over 100 ms)');
  });

  const errors: readonly (readonly [string, string])[] = [
    ['disk.mount', 'E_FIELD'],
    ['disk.mounts[0].mout', 'E_FIELD'],
    ['has(disk.nope)', 'E_FIELD'],
    ['has(disk.worst.nope)', 'E_FIELD'],
    ['disk.worst["nope"]', 'E_FIELD'],
    ['disk.worst[disk.status]', 'E_TYPE'],
    ['"a" + 1', 'E_TYPE'],
    ['disk.worst == disk.worst', 'E_TYPE'],
    ['true ? "a" : 1', 'E_TYPE'],
    ['[1, "a"]', 'E_TYPE'],
    ['matches("a", "b")', 'E_FUNCTION'],
    ['"a".matches("b")', 'E_FUNCTION'],
    ['string(1)', 'E_FUNCTION'],
    ['dyn(1)', 'E_FUNCTION'],
    ['type(1)', 'E_FUNCTION'],
    ['bytes("a")', 'E_FUNCTION'],
    ['"a".lastIndexOf("a")', 'E_FUNCTION'],
    ['host.time.getHours()', 'E_FUNCTION'],
    ['cel.bind(x, 1, 2)', 'E_REF'],
    ['null', 'E_NULL'],
    ['disk.worst.mount == null', 'E_NULL'],
    ['b"x"', 'E_TYPE'],
    ['1u', 'E_TYPE'],
    ['int', 'E_REF'],
    ['duration("1d")', 'E_DURATION'],
    ['duration("x")', 'E_DURATION'],
    ['timestamp("yesterday")', 'E_TIMESTAMP'],
    ['re("a", "(b")', 'E_REGEX'],
    ['re("a", disk.worst.mount)', 'E_REGEX'],
    ['params.password', 'E_SECRET'],
    ['size([params.password])', 'E_SECRET'],
    ['params.password in [params.password]', 'E_SECRET'],
    ['true and false', 'E_SYNTAX'],
    ['disk.mounts.size( > 0', 'E_SYNTAX'],
    ['1 +', 'E_SYNTAX'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'E_SYNTAX'],
    [Array.from({ length: 11_000 }, () => '1').join('+'), 'E_SYNTAX'],
  ];
  for (const [expression, code] of errors) {
    it(`is refused with ${code}: ${expression.slice(0, 50)}`, () => {
      const codes = lintCodes(withExpression(expression)).map((line) => line.split(' ')[1]);
      assert.ok(codes.length > 0 && codes.includes(code), codes.join());
    });
  }
});

describe('A backslash in the text of an expression', () => {
  const hints = (expression: string): readonly (string | undefined)[] =>
    lint(withExpression(expression))
      .filter(({ code }) => code === 'E_SYNTAX')
      .map(({ hint }) => hint);

  it('is refused with how to write one', () => {
    assert.deepEqual(hints(String.raw`re("a.b", "a\.b")`), [
      String.raw`write \\ for one backslash, or r'...' around a pattern`,
    ]);
  });

  it('may stand as it is where the text begins with r', () => {
    assert.deepEqual(hints(String.raw`re("a.b", r"a\.b")`), []);
  });
});

function explain(expression: string): string | undefined {
  const text = BASE_RUNBOOK.replace('expect: result.active', `expect: '${expression.replaceAll("'", "''")}'`);
  const condition = loaded(text).verify?.steps[0]?.expect[0];
  return condition?.explain({
    ...scopeWith(),
    result: okResult({ active: false, state: 'failed', main_pid: 7, restarts: 3 }),
  });
}

describe('The explanation of a condition', () => {
  it('shows the values that were compared', () => {
    assert.equal(explain('result.restarts < 3'), 'result.restarts < 3: result.restarts is 3');
    assert.equal(explain('result.state == "active"'), 'result.state == "active": result.state is "failed"');
    assert.equal(
      explain('result.main_pid == first.main_pid'),
      'result.main_pid == first.main_pid: result.main_pid is 7, first.main_pid is 7',
    );
  });

  it('names only the parts that decide', () => {
    assert.equal(explain('result.restarts < 9 && result.active'), 'result.active is false');
    assert.equal(
      explain('result.restarts > 9 || result.active'),
      'result.restarts > 9: result.restarts is 3, result.active is false',
    );
    assert.equal(explain('!(result.restarts > 1)'), '!(result.restarts > 1): result.restarts > 1 is true');
  });

  it('gives the element that fails', () => {
    assert.equal(
      explain('[1, 5, 9].all(x, x < result.restarts)'),
      '[1, 5, 9].all(x, x < result.restarts) is false: not for 5',
    );
  });

  it('says what is not there', () => {
    assert.equal(explain('result.memory_bytes > 1'), 'result.memory_bytes > 1: result.memory_bytes is not there');
  });
});
