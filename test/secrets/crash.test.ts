import assert from 'node:assert/strict';
import { PROGRAM, Workplace } from '../cli/spawn.ts';

const CANARY = 'canary-of-a-crash';
const RUNBOOK = `runbook: fed
summary: A secret is known when the program crashes
params:
  token: { type: secret }
diagnose:
  - id: fed
    effect: reads
    command: { argv: [cat], stdin: "\${{ params.token }}" }
findings:
  told:
    when: size(fed.stdout) > 0
    severity: info
    summary: told
    advice: look
`;

/** As a bug whose message has the secret, at the moment when the program begins to listen for signals. */
const crashing = (how: string): string =>
  `data:text/javascript,${encodeURIComponent(`
    const on = process.on;
    process.on = function (name, listener) {
      if (name !== 'SIGTERM') return on.call(process, name, listener);
      const bug = new TypeError(\`bad value \${process.env.RUNBOOK_SECRET_TOKEN}, in base64 \${btoa(process.env.RUNBOOK_SECRET_TOKEN)}\`);
      ${how}
      return process;
    };`)}`;

describe('a crash of the program', function () {
  this.timeout(60_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace().write({ 'fed.yaml': RUNBOOK, 'params.yaml': 'token: !secret token\n' });
  });
  afterEach(() => {
    place.remove();
  });

  const ways = {
    'that the program waits for': 'throw bug;',
    'that nobody waits for': 'setImmediate(() => { throw bug; });',
    'in a promise that nobody waits for': 'void Promise.reject(bug);',
  };
  for (const [where, how] of Object.entries(ways)) {
    it(`${where} is told with its place and without secrets`, async () => {
      const words = [PROGRAM, 'plan', './fed.yaml', '--local', '--params-file', 'params.yaml'];
      const environment = { RUNBOOK_SECRET_TOKEN: CANARY };
      const { code, out, err } = await place.spawn(process.execPath, ['--import', crashing(how), ...words], {
        environment,
        limitMs: 50_000,
      });
      assert.equal(code, 1, err);
      assert.match(err, /internal error, .*: TypeError: bad value \*{8}, in base64 \*{8}\n +at /);
      assert.ok(!(out + err).includes(CANARY) && !err.includes(btoa(CANARY)), err);
    });
  }
});
