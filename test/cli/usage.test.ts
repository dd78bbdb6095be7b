import assert from 'node:assert/strict';
import { Workplace } from './spawn.ts';

const SEE = 'See runbook --help, or runbook COMMAND --help.\n';

describe('a wrong command line', () => {
  const place = new Workplace();
  after(() => {
    place.remove();
  });

  const cases: readonly (readonly [argv: readonly string[], message: string])[] = [
    [['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)\n"],
    [['frobnicate'], "error: unknown command 'frobnicate'\n"],
    [['--verison'], "error: unknown option '--verison'\n(Did you mean --version?)\n"],
    [['run'], 'error: name a runbook, or a plan with --plan\n'],
    [['run', 'x', '--plan', '01'], 'error: --plan has its runbook; leave out one of the two\n'],
    [
      ['run', '--plan', '01', '--hosts', 'web01'],
      "error: option '--plan <id>' cannot be used with option '--hosts <pattern>'\n",
    ],
    [
      ['run', '--plan', '01', '--param', 'a=b'],
      "error: option '--plan <id>' cannot be used with option '--param <name=value>'\n",
    ],
    [
      ['run', '--plan', '01', '--brake', '60%'],
      "error: option '--plan <id>' cannot be used with option '--brake <percent>'\n",
    ],
    [
      ['plan', 'x', '--max-risk', 'all'],
      "error: option '--max-risk <risk>' argument 'all' is invalid. Allowed choices are none, reload, restart, destructive.\n",
    ],
    [['plan'], "error: missing required argument 'runbook'\n"],
    [['run', 'x', '--limt', 'a'], "error: unknown option '--limt'\n(Did you mean --limit?)\n"],
    [['run', 'x', '--limit'], "error: option '--limit <pattern>' argument missing\n"],
    [
      ['run', 'x', '--limit', ''],
      "error: option '--limit <pattern>' argument '' is invalid. It is empty; an empty choice never means all.\n",
    ],
    [
      ['run', 'x', '--hosts', ' '],
      "error: option '--hosts <pattern>' argument ' ' is invalid. It is empty; an empty choice never means all.\n",
    ],
    [
      ['run', 'x', '--limit', 'a', '--limit', 'b'],
      "error: option '--limit <pattern>' argument 'b' is invalid. It is given twice.\n",
    ],
    ...['0', '-1', '1e3', '501', '999999', 'NaN', ''].map((forks): readonly [readonly string[], string] => [
      ['run', 'x', '--forks', forks],
      `error: option '--forks <count>' argument '${forks}' is invalid. Give a number from 1 to 500.\n`,
    ]),
    [['plan', 'x', '--json', '--quiet'], "error: option '--json' cannot be used with option '--quiet'\n"],
    [['plan', 'x', '--quiet', '-v'], "error: option '--quiet' cannot be used with option '-v, --verbose'\n"],
    [
      ['run', 'x', '--local', '-i', 'y'],
      "error: option '--local' cannot be used with option '-i, --inventory <source>'\n",
    ],
    [['plan', 'x', '--yes'], "error: unknown option '--yes'\n"],
    [['run', 'x', '--become-password', 'y'], "error: unknown option '--become-password'\n"],
    [['list', 'x'], "error: too many arguments for 'list'. Expected 0 arguments but got 1: x.\n"],
    [
      ['history', '--limit', '0'],
      "error: option '--limit <count>' argument '0' is invalid. Give a number from 1 to 10000.\n",
    ],
  ];
  for (const [argv, message] of cases) {
    it(`runbook ${argv.map((each) => (/^\S+$/.test(each) ? each : `'${each}'`)).join(' ')} exits 64 and says what to do`, async () => {
      assert.deepEqual(await place.runbook(argv), { code: 64, out: '', err: message + SEE });
    });
  }

  const named: readonly (readonly [argv: readonly string[], message: string])[] = [
    [['schema', 'runbok'], 'error: there is no schema "runbok"\nhint:  did you mean runbook?\n'],
    [['actions', 'zzzz'], 'error: there is no action "zzzz"\nhint:  see runbook actions\n'],
    [['run', '--plan', '01zzz'], 'error: there is no plan 01zzz\nhint:  see runbook history\n'],
    [['show', '01zzz'], 'error: there is no run 01zzz\nhint:  see runbook history\n'],
  ];
  for (const [argv, message] of named) {
    it(`runbook ${argv.join(' ')} exits 64 and names what there is`, async () => {
      assert.deepEqual(await place.runbook(argv), { code: 64, out: '', err: message });
    });
  }
});
