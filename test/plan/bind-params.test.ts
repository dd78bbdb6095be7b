import assert from 'node:assert/strict';
import type { Host } from '../../src/model/host.ts';
import { nearHost } from '../support/hosts.ts';
import { DEFAULT_LIMITS, type Param, type Runbook } from '../../src/model/runbook.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import type { SourceRange } from '../../src/model/source.ts';
import { bindParams, type FileParam } from '../../src/plan/bind-params.ts';

const AT = rangeAt('params.yaml', 1);
const RUNBOOK = runbookOf([
  { name: 'limit', type: { kind: 'percent' }, default: 90, at: AT },
  { name: 'wait', type: { kind: 'duration' }, default: '5m', at: AT },
  { name: 'names', type: { kind: 'list', of: { kind: 'string' } }, default: [], at: AT },
  { name: 'size', type: { kind: 'size' }, default: 0, at: AT },
  { name: 'mode', type: { kind: 'string', enum: ['fast', 'safe'] }, default: 'safe', at: AT, description: 'how' },
  { name: 'on', type: { kind: 'bool' }, default: false, at: AT },
]);

describe('bindParams', () => {
  it('uses defaults where nothing else is given', () => {
    assert.deepEqual(paramsOf({}), { limit: 90, wait: '5m', names: [], size: 0, mode: 'safe', on: false });
  });

  it('lets host variables win over defaults, a params file over these, and --param over all', () => {
    const vars = { limit: '10%', wait: '10s', mode: 'fast' };
    const file = [fileParam('wait', '20s'), fileParam('mode', 'safe')];
    const bound = paramsOf({ vars, file, options: ['mode=fast'] });
    assert.deepEqual(bound, { limit: 10, wait: '20s', names: [], size: 0, mode: 'fast', on: false });
  });

  it('reads options as the type of the param', () => {
    const options = ['limit=12.5%', 'names=a,b', 'size=5GiB', 'on=true', 'wait=1h30m'];
    assert.deepEqual(paramsOf({ options }), {
      limit: 12.5,
      wait: '1h30m',
      names: ['a', 'b'],
      size: 5 * 2 ** 30,
      mode: 'safe',
      on: true,
    });
    assert.deepEqual(paramsOf({ options: ['names=["a,b", "c=d"]'] })['names'], ['a,b', 'c=d']);
  });

  it('takes nothing from inventory variables that are no params', () => {
    assert.deepEqual(Object.keys(paramsOf({ vars: { other: 1, constructor: 2 } })), [
      'limit',
      'wait',
      'names',
      'size',
      'mode',
      'on',
    ]);
  });

  const options: readonly (readonly [option: string, message: string, hint: string | undefined])[] = [
    ['limit', '--param "limit" is not name=value', 'write --param name=value, such as --param limit=...'],
    ['=b', '--param "=b" is not name=value', 'write --param name=value, such as --param limit=...'],
    [
      'limit=',
      '--param limit= has no value',
      'check the shell variable it comes from; an empty text can be given in a params file',
    ],
    ['limt=5%', 'the runbook disk has no param "limt"', 'did you mean limit?'],
    ['PATH=/tmp', 'the runbook disk has no param "PATH"', 'it has limit, wait, names, size, mode, on'],
    ['mode=quick', '--param mode: expected one of fast, safe, found "quick"', 'mode: how'],
    ['on=yes', '--param on: expected true or false (yes, no, on and off are text in YAML 1.2), found "yes"', undefined],
  ];
  for (const [option, message, hint] of options) {
    it(`refuses --param ${option}: ${message}`, () => {
      const [error, ...others] = troubleOf({ options: [option] }).errors;
      assert.deepEqual(others, []);
      assert.equal(error?.code, 'usage');
      assert.equal(error?.message, message);
      assert.equal(error?.hint, hint);
    });
  }

  it('refuses a name that is given twice', () => {
    const { errors } = troubleOf({ options: ['limit=1%', 'limit=2%'] });
    assert.deepEqual(errors, [{ code: 'usage', message: '--param limit is given twice', hint: 'give it once' }]);
  });

  it('points at a wrong value and an unknown name in a params file', () => {
    const { diagnostics } = troubleOf({ file: [fileParam('wait', 5, 3), fileParam('wiat', '5s', 4)] });
    assert.deepEqual(
      diagnostics.map(({ code, message, hint, at }) => [at.start.line, code, message, hint]),
      [
        [
          3,
          'E_PARAM',
          'the param wait: expected a duration such as 500ms, 30s, 5m, 2h, 7d or 1h30m, found 5',
          undefined,
        ],
        [4, 'E_UNKNOWN_PARAM', 'the runbook disk has no param "wiat"', 'did you mean wait?'],
      ],
    );
  });

  it('points at a wrong inventory variable once, though all hosts of a group have it', () => {
    const hosts = [hostOf('web01', { wait: 'soon' }), hostOf('web02', { wait: 'soon' })];
    const { diagnostics } = troubleOf({ hosts });
    assert.equal(diagnostics.length, 1);
    assert.equal(diagnostics[0]?.at.file, 'inventory.yaml');
    assert.match(diagnostics[0]?.message ?? '', /^the variable wait, a param of disk: expected a duration/);
  });

  it('checks a value that loses, too', () => {
    assert.equal(troubleOf({ file: [fileParam('wait', 'soon')], options: ['wait=5s'] }).diagnostics.length, 1);
  });

  it('names a required param that is missing, and the hosts when only some lack it', () => {
    const runbook = runbookOf([{ name: 'unit', type: { kind: 'string' }, at: AT }]);
    assert.deepEqual(troubleOf({ runbook }).errors, [
      {
        code: 'usage',
        message: 'the runbook disk needs the param unit',
        hint: 'give it by --param unit=VALUE, in a params file, or as a variable of the inventory',
      },
    ]);
    const hosts = [hostOf('web01', { unit: 'nginx' }), hostOf('web02', {})];
    assert.equal(troubleOf({ runbook, hosts }).errors[0]?.message, 'the runbook disk needs the param unit on web02');
  });

  describe('with secrets', () => {
    const runbook = runbookOf([{ name: 'token', type: { kind: 'secret' }, at: AT }]);

    it('leaves the name of the secret that wins, which is looked up later', () => {
      const bound = paramsOf({ runbook, vars: { token: new SecretName('api-token') } });
      assert.deepEqual(bound, { token: new SecretName('api-token') });
    });

    it('takes none from the command line, nor in clear text, and repeats neither', () => {
      const { errors, diagnostics } = troubleOf({
        runbook,
        options: ['token=hunter2'],
        file: [fileParam('token', 'hunter2')],
      });
      assert.match(errors[0]?.message ?? '', /^--param token: a secret cannot be given on the command line/);
      assert.match(diagnostics[0]?.message ?? '', /^the param token: expected a secret, written !secret NAME/);
      assert.equal(diagnostics[0]?.code, 'E_PLAINTEXT_SECRET');
      assert.doesNotMatch(JSON.stringify([errors, diagnostics]), /hunter2/);
    });
  });
});

interface Case {
  readonly runbook?: Runbook;
  readonly hosts?: readonly Host[];
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly file?: readonly FileParam[];
  readonly options?: readonly string[];
}

function bind({ runbook = RUNBOOK, vars = {}, hosts = [hostOf('web01', vars)], file = [], options = [] }: Case) {
  return bindParams(runbook, hosts, {
    file,
    options,
    locate: () => rangeAt('inventory.yaml', 7),
  });
}

function paramsOf(given: Case): Readonly<Record<string, unknown>> {
  const bound = bind(given);
  assert.ok(bound.ok, JSON.stringify(bound));
  return bound.value[0]?.params ?? {};
}

function troubleOf(given: Case) {
  const bound = bind(given);
  assert.ok(!bound.ok);
  return bound.error;
}

function fileParam(name: string, value: unknown, line = 1): FileParam {
  return { name, value, at: rangeAt('params.yaml', line) };
}

function rangeAt(file: string, line: number): SourceRange {
  const place = { line, column: 1, offset: line * 100 };
  return { file, start: place, end: place };
}

function hostOf(name: string, vars: Readonly<Record<string, unknown>>): Host {
  return nearHost(name, 'memory', { vars });
}

function runbookOf(params: readonly Param[]): Runbook {
  return {
    name: 'disk',
    summary: '',
    become: false,
    params,
    diagnose: [],
    findings: [],
    fix: [],
    rollback: [],
    limits: DEFAULT_LIMITS,
    file: 'disk.yaml',
    sha256: '',
  };
}
