import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import { loadRunbook } from '../../../src/load/runbook.ts';
import type { ChosenCommand } from '../../../src/cli/chosen-command.ts';
import { createProgram } from '../../../src/cli/program.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { readParamOptions } from '../../../src/plan/param-options.ts';
import { ACTIONS } from '../../../src/app/actions.ts';
import { PLAIN } from '../../../src/util/style.ts';
import { repositoryText, type Parser } from '../parser.ts';

const BETWEEN = '\0';

const COMMAND_LINES = [
  'run apache-accept-lock --limit web01 --param service=apache2 --yes --lock-wait 30s --max-risk restart',
  'run --plan 01kb --reason because --forks 20 -v',
  'plan service-down -i hosts --hosts web*:!web03 --tags a,b --skip-tags c --brake 60% --json',
  'exec web --reads --timeout 5s -b -- uptime -p',
  'exec web --shell dmesg --batches 1,25%,100% --max-failures 2',
  'exec --local -- ls -l',
  'doctor web --limit web01 -k -K --become-user ann',
  'inventory list --limit @failed --vars --json',
  'inventory vars --host web01 --explain',
  'test service-down --on web01,web02 --case one',
  'record service-down --on web01 --secrets s.age --age-identity key',
  'list --json',
  'show 01kb --verbose',
  'new mine --service nginx',
  'lint a b c',
  'schema inventory',
  'actions service',
  'resume last --taken-over --lock-wait 5m',
  'rollback 01kb --limit web01 --yes',
  'history --limit 20 --runbook service-down --host web01',
  'cancel last --kill',
  'fsck --json',
  'freeze moving --until 2h',
  'unfreeze',
  '--help',
  '--version',
].map((line) => line.split(' ').join(BETWEEN));

const WORDS = [
  ...[
    BETWEEN,
    `${BETWEEN}--`,
    `${BETWEEN}--help`,
    `${BETWEEN}-`,
    `${BETWEEN}=`,
    '=',
    ',',
    '%',
    '--',
    '-vkK',
    '-i',
    ' ',
  ],
  ...[
    '0',
    '-1',
    '1e3',
    '99999999999',
    '30s',
    '5m',
    '25%',
    '@',
    '*',
    '!',
    ':',
    '\n',
    '\u001b[2J',
    '\u202e',
    '🙂',
    '\ud800',
  ],
  ...[...new Set(COMMAND_LINES.flatMap((line) => line.split(BETWEEN)))].map((word) => `${BETWEEN}${word}`),
];

/** What is typed. */
export const COMMAND_LINE: readonly Parser[] = [
  {
    name: 'command line',
    corpus: COMMAND_LINES,
    words: WORDS,
    // No more fits into the arguments of a program.
    cap: 128 * 1024,
    check: (text) => checkCommandLine(text.split(BETWEEN)),
  },
  {
    name: 'params of a command line',
    corpus: ['service=apache2', 'limit=5m\0service=a', 'names=[1, 2]\0service={"a": 1}'],
    words: [BETWEEN, '=', 'service', 'service=', '[', ']', '{', '"', '!secret ', '1', 'h', '%', '__proto__', '\n'],
    cap: 128 * 1024,
    check(text) {
      const { values, errors } = readParamOptions(RUNBOOK, text.split(BETWEEN));
      for (const { message, hint } of errors) assert.ok(message !== '' && (hint ?? '') !== '' && message.length < 2000);
      return [[...values.keys()], errors.map(({ message }) => message)];
    },
  },
];

const RUNBOOK =
  loadRunbook({ file: 'service-down.yaml', text: repositoryText('runbooks/service-down.yaml') }, ACTIONS).runbook ??
  assert.fail('a runbook of the library');

/** One thing is to be done; or it was a question for help; or an error says what is wrong, and where there is more to read. */
function checkCommandLine(argv: readonly string[]): unknown {
  const said = { out: '', err: '' };
  const chosen: ChosenCommand[] = [];
  const program = createProgram(terminalInto(said), argv, (command) => chosen.push(command));
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    assert.ok(error instanceof CommanderError, String(error));
    assert.deepEqual(chosen, []);
    if (error.exitCode === 0) assert.notEqual(said.out, '');
    else assert.match(said.err, /^error: \S|^Usage: runbook /);
    return [error.exitCode, said];
  }
  assert.equal(chosen.length, 1, 'nothing was chosen, and nothing was said');
  assert.deepEqual(said, { out: '', err: '' });
  return 'chosen';
}

function terminalInto(said: { out: string; err: string }): Terminal {
  const stream = (name: 'out' | 'err') => ({
    stream: process.stdout,
    style: PLAIN,
    columns: () => 100,
    rows: () => 24,
    print: (text: string) => void (said[name] += text),
  });
  return {
    out: stream('out'),
    err: stream('err'),
    environment: {},
    directory: '/',
    isInteractive: false,
    isWatched: true,
  };
}
