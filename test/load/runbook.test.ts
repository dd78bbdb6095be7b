import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Secret } from '../../src/util/secret.ts';
import { example } from '../support/examples.ts';
import { BASE_RUNBOOK, changed, lintCodes, loaded } from '../support/base-runbook.ts';
import { okResult, scopeWith } from '../support/scope.ts';

describe('A loaded runbook', () => {
  it('has the hash of the bytes of its file', () => {
    for (const text of [BASE_RUNBOOK, `\uFEFF${BASE_RUNBOOK}`]) {
      assert.equal(loaded(text).sha256, createHash('sha256').update(Buffer.from(text)).digest('hex'));
    }
  });

  it('has params with types and defaults', () => {
    const { params } = loaded(BASE_RUNBOOK);
    assert.deepEqual(
      params.map(({ name, type }) => [name, type.kind]),
      [
        ['service', 'string'],
        ['limit', 'percent'],
        ['names', 'list'],
        ['password', 'secret'],
      ],
    );
    assert.equal(params[1]?.default, 90);
    assert.ok(params[3]?.default instanceof Secret);
  });

  it('has steps with params evaluated by their types', () => {
    const runbook = loaded(BASE_RUNBOOK);
    const [svc, log] = runbook.diagnose;
    const scope = scopeWith({ svc: okResult({ unit: 'apache2.service' }) }, { params: { service: 'apache2' } });
    assert.deepEqual(svc?.params.evaluate(scope), { ok: true, value: { name: 'apache2' } });
    assert.deepEqual(log?.params.evaluate(scope), {
      ok: true,
      value: {
        sources: ['journal:apache2.service'],
        since: '2026-01-02T11:00:00.000Z',
        patterns: { full: 'No space left' },
      },
    });
    assert.deepEqual(log?.params.references, { steps: ['svc'], findings: [] });
  });

  it('says which steps and findings an expression reads', () => {
    const [finding] = loaded(BASE_RUNBOOK).findings;
    assert.deepEqual(finding?.when.references, { steps: ['svc', 'log'], findings: [] });
    const text = changed('    for: down\n', '    for: down\n    when: findings.down.present && svc.exists\n');
    assert.deepEqual(loaded(text).fix[0]?.when[0]?.references, { steps: ['svc'], findings: ['down'] });
  });

  it('shows (unknown) where a text has no value', () => {
    const text = changed(
      '"${{ params.service }} is down"',
      '"${{ params.service }} is ${{ svc.state }}, ${{ log.counts.full }} x"',
    );
    const scope = scopeWith(
      { svc: okResult({ state: 'failed' }), log: { status: 'failed', error: 'x' } },
      { params: { service: 'apache2' } },
    );
    assert.equal(loaded(text).findings[0]?.summary.render(scope), 'apache2 is failed, (unknown) x');
  });

  it('has the defaults of the language', () => {
    const { fix, verify, diagnose, become } = loaded(BASE_RUNBOOK);
    const scope = scopeWith();
    assert.deepEqual(
      [verify?.soak, verify?.within, verify?.every].map((duration) => duration?.evaluate(scope)),
      [10_000, 30_000, 2_000].map((value) => ({ ok: true, value })),
    );
    assert.deepEqual(
      [diagnose[0], fix[0]].map((step) => step?.timeoutMs.evaluate(scope)),
      [30_000, 300_000].map((value) => ({ ok: true, value })),
    );
    assert.equal(become, false);
    assert.deepEqual(
      [fix[0]?.undo, fix[0]?.onFailure, fix[0]?.retest, fix[0]?.risk, fix[0]?.idempotent],
      [{ kind: 'builtin' }, 'stop', false, 'restart', false],
    );
    assert.deepEqual(
      [diagnose[0]?.undo.kind, diagnose[0]?.effect, diagnose[0]?.idempotent, diagnose[0]?.id],
      ['none', 'reads', true, 'svc'],
    );
    assert.equal(verify?.steps[0]?.id, 'verify[0]');
  });

  it('has groups flattened, with their modifiers on each step', () => {
    const group =
      'fix:\n  - for: down\n    when: svc.exists\n    become: root\n    retest: 15s\n    steps:\n      - service: { name: a, state: started }\n      - service: { name: b, state: started }\n        when: svc.enabled\n';
    const { fix } = loaded(changed('fix:\n', group));
    assert.deepEqual(
      fix.map(({ id, when, become, for: served }) => [id, when.map(({ source }) => source), become, served]),
      [
        ['fix[0].steps[0]', ['svc.exists'], 'root', ['down']],
        ['fix[0].steps[1]', ['svc.exists', 'svc.enabled'], 'root', ['down']],
        ['start', [], false, ['down']],
      ],
    );
    assert.deepEqual(fix[0]?.retest !== false && fix[0]?.retest.evaluate(scopeWith()), { ok: true, value: 15_000 });
  });

  it('gives a loop and its item', () => {
    const text = changed(
      '    for: down\n',
      '    for: down\n    loop: [a, "${{ svc.unit }}"]\n    when: item != "x" && index >= 0\n',
    ).replace('name: "${{ svc.unit }}", state', 'name: "${{ item }}", state');
    const [step] = loaded(text).fix;
    const scope = scopeWith({ svc: okResult({ unit: 'b' }) });
    assert.deepEqual(step?.loop?.evaluate(scope), { ok: true, value: ['a', 'b'] });
    assert.deepEqual(step?.when[0]?.evaluate({ ...scope, item: 'b', index: 1 }), { ok: true, value: true });
    assert.deepEqual(step?.params.evaluate({ ...scope, item: 'b', index: 1 }), {
      ok: true,
      value: { name: 'b', state: 'started' },
    });
  });

  it('gives a loop over maps whose fields have types', () => {
    const text = changed(
      '    for: down\n',
      '    for: down\n    loop: [{ unit: a, wait: 1 }, { unit: "${{ svc.unit }}", wait: 2 }]\n    when: item.wait > 1\n',
    ).replace('name: "${{ svc.unit }}", state', 'name: "${{ item.unit }}", state');
    const [step] = loaded(text).fix;
    const scope = scopeWith({ svc: okResult({ unit: 'b' }) });
    const items = step?.loop?.evaluate(scope);
    assert.deepEqual(items, {
      ok: true,
      value: [
        { unit: 'a', wait: 1 },
        { unit: 'b', wait: 2 },
      ],
    });
    assert.deepEqual(step?.when[0]?.evaluate({ ...scope, item: { unit: 'b', wait: 2 }, index: 1 }), {
      ok: true,
      value: true,
    });
    assert.deepEqual(
      lintCodes(text.replace('item.wait', 'item.wiat')).map((code) => code.split(' ')[1]),
      ['E_FIELD'],
    );
  });

  it('gives the results of a step with a loop', () => {
    const text = example('stale-pid-or-lock-file.yaml');
    const { findings } = loaded(text, 'stale-pid-or-lock-file.yaml');
    const lock = (path: string, held: boolean): ReturnType<typeof okResult> =>
      okResult({
        path,
        exists: true,
        local: true,
        held,
        pid: 7,
        owner_alive: false,
        owner_command: '',
        age: '5m',
        size_bytes: 2,
      });
    const failed = { status: 'failed', error: 'x' } as const;
    const scope = scopeWith({
      lock: { status: 'ok', error: '', results: [lock('/run/a.pid', false), lock('/run/b.pid', true)] },
      svc: okResult({ active: false }),
    });
    const items = findings[1]?.items?.evaluate(scope);
    assert.ok(items?.ok === true);
    assert.equal(items.value.length, 1);
    const seen = scopeWith(
      { svc: okResult({ active: false }) },
      { findings: { stale: { present: true, summary: '', items: items.value } } },
    );
    assert.deepEqual(findings[1]?.when.evaluate(seen), { ok: true, value: true });
    assert.equal(findings[1]?.summary.render(seen), 'left by dead processes: /run/a.pid (pid 7)');
    const broken = findings[1]?.items?.evaluate(
      scopeWith({ lock: { status: 'failed', error: '', results: [failed] } }),
    );
    assert.ok(broken?.ok === false && broken.error.kind === 'missing' && broken.error.step === 'lock');
  });

  it('hands only the fields that a param declares to an action', () => {
    const { fix, findings } = loaded(example('apache-accept-lock.yaml'), 'apache-accept-lock.yaml');
    const set = {
      id: 3,
      key: 0,
      owner: 'www-data',
      uid: 33,
      mode: '0600',
      semaphores: 1,
      last_pid: 9,
      waiting: 0,
      otime: '2026-01-01T00:00:00Z',
      ctime: '2026-01-01T00:00:00Z',
      age: '1d',
      reason: 'dead',
    };
    const scope = scopeWith({ sem: okResult({ orphans: [set] }) });
    assert.deepEqual(fix[0]?.params.evaluate(scope), {
      ok: true,
      value: { sets: [{ id: 3, otime: set.otime, ctime: set.ctime }] },
    });
    assert.equal(findings.find(({ name }) => name === 'semaphore_leak')?.itemKey, 'id');
  });

  it('moves every since to the floor of the final proof', () => {
    const { verify, diagnose } = loaded(example('too-many-open-files.yaml'), 'too-many-open-files.yaml');
    const fixStarted = '2026-01-02T11:30:00Z';
    const scope = scopeWith(
      {},
      { params: { service: 'a' }, time: { now: '2026-01-02T12:00:00Z', fixStarted, sinceFloor: fixStarted } },
    );
    for (const step of [verify?.steps[1], diagnose[2]]) {
      const params = step?.params.evaluate(scope);
      assert.equal(params?.ok === true && params.value['since'], fixStarted);
    }
    const unsent = verify?.steps[1]?.params.evaluate(scopeWith({}, { params: { service: 'a' } }));
    assert.ok(unsent?.ok === false && unsent.error.kind === 'missing');
  });

  it('gives secrets to env and to stdin, whole and masked', () => {
    const text = changed(
      /verify:\n[\s\S]*/,
      'verify:\n  - effect: reads\n    env: { PGPASSWORD: "${{ params.password }}", LEVEL: 5 }\n    command: { argv: [psql], stdin: "${{ params.password }}" }\n    expect: result.code == 0\n',
    );
    const step = loaded(text).verify?.steps[0];
    const secret = new Secret('hunter2');
    const scope = scopeWith({}, { params: { password: secret } });
    assert.deepEqual(step?.env?.evaluate(scope), { ok: true, value: { PGPASSWORD: secret, LEVEL: '5' } });
    const params = step?.params.evaluate(scope);
    assert.ok(params?.ok && params.value['stdin'] === (secret as unknown));
    assert.ok(!JSON.stringify(params).includes('hunter2'));
  });

  it('checks computed values against their range when they are known', () => {
    const text = changed(
      '    service: { name: "${{ svc.unit }}", state: started }',
      '    journal_vacuum: { keep: "${{ svc.memory_bytes - 10 }}" }',
    );
    const keep = (bytes: number): unknown =>
      loaded(text).fix[0]?.params.evaluate(scopeWith({ svc: okResult({ memory_bytes: bytes }) }));
    assert.deepEqual(keep(15), { ok: true, value: { keep: 5 } });
    assert.deepEqual(keep(5), {
      ok: false,
      error: { kind: 'error', message: 'svc.memory_bytes - 10: expected at least 0 bytes, found -5' },
    });
  });

  it('has an undo list that sees the result of what it undoes', () => {
    const { fix } = loaded(
      changed(
        'state: started }',
        'state: started }\n    undo:\n      - service: { name: "${{ svc.unit }}", state: "${{ result.before }}" }\n        when: result.before != ""',
      ),
    );
    const undo = fix[0]?.undo;
    assert.ok(undo?.kind === 'steps');
    const scope = { ...scopeWith({ svc: okResult({ unit: 'a' }) }), result: okResult({ before: 'inactive' }) };
    assert.deepEqual(undo.steps[0]?.params.evaluate(scope), { ok: true, value: { name: 'a', state: 'inactive' } });
    assert.equal(undo.steps[0]?.id, 'start.undo[0]');
  });

  it('says of the result of a step that failed that it failed', () => {
    const { fix } = loaded(
      changed(
        'state: started }',
        'state: started }\n    undo: [{ service: { name: a, state: "${{ result.before }}" } }]',
      ),
    );
    const undo = fix[0]?.undo;
    assert.ok(undo?.kind === 'steps');
    const scope = scopeWith({}, { result: { status: 'failed', error: 'no such unit' } });
    const params = undo.steps[0]?.params.evaluate(scope);
    assert.ok(params?.ok === false);
    assert.equal(
      params.error.message,
      'result.before is missing: the step start failed; when: has(result.before) leaves out what needs it',
    );
  });

  it('says why there is no undo with the values of the step', () => {
    const { fix } = loaded(
      changed(
        'state: started }',
        'state: started }\n    undo: { none: "it was ${{ result.before }} (${{ svc.unit }})" }',
      ),
    );
    const undo = fix[0]?.undo;
    assert.ok(undo?.kind === 'none');
    const scope = scopeWith({ svc: okResult({ unit: 'a' }) });
    assert.equal(undo.reason.render({ ...scope, result: okResult({ before: 'inactive' }) }), 'it was inactive (a)');
    assert.equal(undo.reason.render(scope), 'it was (unknown) (a)');
  });

  it('has steps that are tried again, three times after five seconds unless they say otherwise', () => {
    const text = changed('expect: result.active', 'expect: result.active\n    until: result.exists');
    const until = loaded(text).verify?.steps[0]?.until;
    assert.deepEqual([until?.retries, until?.delayMs.evaluate(scopeWith())], [3, { ok: true, value: 5000 }]);
    const result = okResult({ exists: true });
    assert.deepEqual(until?.condition.evaluate(scopeWith({}, { result })), { ok: true, value: true });
    const other = loaded(text.replace('until: result.exists', 'until: result.exists\n    retries: 0\n    delay: 1m'));
    const written = other.verify?.steps[0]?.until;
    assert.deepEqual([written?.retries, written?.delayMs.evaluate(scopeWith())], [0, { ok: true, value: 60_000 }]);
  });

  it('has rollback steps that read everything before them, and stop for none that fails', () => {
    const text = `${changed('- service_status: { name: "${{ svc.unit }}" }\n    expect', '- id: proof\n    service_status: { name: a }\n    expect')}rollback:
  - id: look
    when: findings.down.present && start.status == "failed" && !proof.active
    service_status: { name: "\${{ svc.unit }}" }
  - when: look.active
    on_failure: stop
    service: { name: apache2, state: started }
`;
    const { rollback } = loaded(text);
    assert.deepEqual(
      rollback.map(({ id, phase, effect, onFailure, undo }) => [id, phase, effect, onFailure, undo.kind]),
      [
        ['look', 'rollback', 'reads', 'continue', 'none'],
        ['rollback[1]', 'rollback', 'changes', 'stop', 'none'],
      ],
    );
  });
});
