import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { bodyOf, closeServers, serve, serveRaw } from '../notify/support/servers.ts';
import { skip } from '../support/skip.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

const CANARY = 'canary-4711-of-the-token';

/** What it prints and finds holds a secret, and so does the reason for which its fix fails. */
const RUNBOOK = `runbook: flag-missing
summary: The flag file is not there
hosts: all
limits: { cooldown: 0s }
params:
  flag: { type: string }
  token: { type: secret }
diagnose:
  - id: flag
    shell: echo "token $TOKEN"; test -e "$FLAG"
    env: { TOKEN: "\${{ params.token }}", FLAG: "\${{ params.flag }}" }
    effect: reads
    expect: result.code <= 1
findings:
  missing:
    when: flag.code == 1
    summary: "the flag is not there, said \${{ flag.stdout }}"
fix:
  - id: make
    for: missing
    shell: touch "$FLAG" 2>/dev/null || { echo "no way with $TOKEN" >&2; exit 1; }
    env: { TOKEN: "\${{ params.token }}", FLAG: "\${{ params.flag }}" }
    undo:
      - command: [rm, -f, "\${{ params.flag }}"]
verify:
  soak: 0s
  steps:
    - command: [test, -e, "\${{ params.flag }}"]
      effect: reads
      expect: result.code == 0
`;

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: {
    readonly summary: string;
    readonly needsPerson: boolean;
    readonly runId: string;
    readonly ends: readonly { readonly outcome: string; readonly reason: string }[];
  };
}

describe('notifications', function () {
  this.timeout(60_000);
  let place: Workplace;
  let bodies: string[];

  before(function () {
    if (spawnSync('unshare', ['-m', 'true']).status !== 0) skip(this, 'unshare -m is not possible here');
  });
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/flag-missing.yaml': RUNBOOK });
    place.write({ 'params.yaml': 'token: !secret token\n' });
    bodies = [];
  });
  afterEach(() => {
    closeServers();
    place.remove();
  });

  const told = (): readonly Told[] => bodies.map((body) => JSON.parse(body) as Told);
  const collect = (status = (): number => 200) =>
    serve((request: IncomingMessage, response: ServerResponse) => {
      void bodyOf(request).then((body) => {
        bodies.push(body);
        response.writeHead(status()).end();
      });
    });

  function configure(text: string): void {
    place.write({ '.config/runbook/config.yaml': text });
    chmodSync(join(place.directory, '.config/runbook/config.yaml'), 0o600);
  }

  const SECRETS = { RUNBOOK_SECRET_TOKEN: CANARY };

  /** On this machine, with an empty /run: nothing stays behind. `flag`: where it is to be made. */
  function run(flag: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const argv = ['run', 'flag-missing', '--local', '--yes', '--params-file', 'params.yaml', '--param', `flag=${flag}`];
    const sandboxed = ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /run && exec "$@"', 'sh', process.execPath, PROGRAM];
    return place.spawn('unshare', [...sandboxed, ...argv], {
      environment: { ...SECRETS, ...environment },
      limitMs: 40_000,
    });
  }
  const good = (): string => join(place.directory, 'flag');
  const bad = (): string => join(place.directory, 'none', 'flag');

  it('tell at the end of a run what needs a person, once, and nothing else', async () => {
    configure(`notify: [{ name: on call, webhook: 'http://127.0.0.1:${await collect()}/hook' }]\n`);
    assert.equal((await run(good())).code, 0);
    assert.deepEqual(bodies, []);
    const { code, err } = await run(bad());
    assert.equal(code, 2, err);
    assert.doesNotMatch(err, /warning/);
    const [first, ...more] = told();
    assert.deepEqual(more, []);
    assert.equal(first?.type, 'dev.runbook.run.finished');
    assert.equal(first.data.needsPerson, true);
    assert.match(first.data.summary, /^flag-missing: 1 host (?:not repaired|rolled back)$/);
    assert.equal(first.id.split('/')[0], first.data.runId);
  });

  it('tell that what cron or systemd started could not begin, and why', async () => {
    configure(`notify: [{ name: on call, webhook: 'http://127.0.0.1:${await collect()}/hook' }]\n`);
    place.write({ 'runbooks/broken.yaml': 'runbook: broken\n' });
    const words = ['run', 'broken', '--local', '--yes'];
    assert.equal((await place.runbook(words)).code, 65);
    assert.deepEqual(bodies, []);
    const { code, err } = await place.runbook([...words, '--on-schedule', 'nightly']);
    assert.equal(code, 65);
    assert.match(err, /runbooks\/broken\.yaml:1:1/);
    assert.doesNotMatch(err, /warning/);
    const [first, ...more] = told();
    assert.deepEqual([first?.type, more], ['dev.runbook.schedule.failed', []]);
    assert.match(first?.data.summary ?? '', /^nightly: no run could begin at /);
    assert.match(bodies[0] ?? '', /broken\.yaml:1: /);
  });

  it('hold no secret, in any format, and the record holds none of theirs', async () => {
    const port = await collect();
    const canary = 'T0/canary-of-the-url';
    configure(`notify:
  - { name: events, webhook: !secret url, on: all }
  - { name: slack, webhook: 'http://127.0.0.1:${port}/${canary}', format: slack, on: all }
`);
    const { out, err } = await run(bad(), { RUNBOOK_SECRET_URL: `http://127.0.0.1:${port}/${canary}` });
    assert.equal(bodies.length, 2, err);
    assert.ok(
      bodies.every((body) => body.includes('no way with ********')),
      bodies.join('\n'),
    );
    const folder = join(place.directory, 'state/runbook');
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    for (const text of [...bodies, ...kept, out, err]) {
      assert.ok(!text.includes(CANARY) && !text.includes(canary));
    }
  });

  it('are sent by the next process when a receiver is in trouble', async () => {
    let status = 503;
    configure(`notify: [{ name: on call, webhook: 'http://127.0.0.1:${await collect(() => status)}/hook' }]\n`);
    const { code, err } = await run(bad());
    assert.equal(code, 2);
    assert.match(
      err,
      /warning: on call could not be told yet: 127\.0\.0\.1:\d+ answered 503; the next runbook run, or/,
    );
    status = 200;
    // Its pause is over after some seconds.
    while (bodies.length < 2) assert.equal((await run(good())).code, 0);
    const [first, again, ...more] = told();
    assert.deepEqual(more, []);
    assert.deepEqual(again, first);
  });

  it('delay the end of a run by ten seconds at most, and change nothing of its exit code', async () => {
    const mute = await serveRaw(() => undefined);
    const hooks = Array.from(
      { length: 12 },
      (_, i) => `  - { name: r${i}, webhook: 'http://127.0.0.1:${mute}/', on: all }\n`,
    );
    configure(`notify:\n${hooks.join('')}`);
    const { code, out, err } = await run(good());
    const ended = Date.now();
    assert.equal(code, 0);
    assert.match(out, /repaired/);
    assert.match(err, /warning: r0 could not be told yet/);
    const { out: listed } = await place.runbook(['history', '--json']);
    const { finishedAt } = JSON.parse(listed) as { readonly finishedAt: string };
    const delay = ended - Date.parse(finishedAt);
    assert.ok(delay > 9000 && delay < 14_000, `${delay} ms`);
  });

  it('are given up when a receiver refuses them, and doctor says so', async () => {
    configure(`notify: [{ name: on call, webhook: 'http://127.0.0.1:${await collect(() => 404)}/hook' }]\n`);
    const { err } = await run(bad());
    assert.match(err, /warning: on call cannot be told: 127\.0\.0\.1:\d+ answered 404/);
    await run(good());
    assert.equal(bodies.length, 1, 'once is enough');
    const { out } = await place.runbook(['doctor']);
    assert.match(out, /on call was not told 1 thing in the last 7 days: 127\.0\.0\.1:\d+ answered 404/);
    assert.match(out, /runbook notify test/);
  });
});

describe('runbook notify test', () => {
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace();
  });
  afterEach(() => {
    closeServers();
    place.remove();
  });

  const configure = (text: string): Workplace => place.write({ 'config.yaml': text });
  const test = (...argv: readonly string[]): Promise<Ended> =>
    place.runbook(['--config', 'config.yaml', 'notify', 'test', ...argv]);

  it('sends each a message, and says what became of it', async () => {
    let body = '';
    const port = await serve((request, response) => {
      void bodyOf(request).then((text) => {
        body = text;
        response.end();
      });
    });
    configure(`notify:
  - { name: on call, webhook: 'http://127.0.0.1:${port}/', format: slack }
  - { name: inside, webhook: 'https://10.1.2.3/hook' }
  - { name: secret, webhook: !secret url }
`);
    const { code, out, err } = await test();
    assert.equal(code, 2, err);
    assert.deepEqual(out.split('\n'), [
      `on call: sent: 127.0.0.1:${port} answered 200`,
      'inside: not sent: 10.1.2.3 is no address of the internet, and allow does not name it',
      'secret: not sent: the secret url, for the webhook of secret, is nowhere: set $RUNBOOK_SECRET_URL, or write url: ' +
        "'VALUE' into a secrets file and name it with --secrets",
      '',
    ]);
    assert.match(body, /^\{"text":"a test from /);
    const one = await test('on call', '--json');
    const sent = { receiver: 'on call', sent: true, note: `127.0.0.1:${port} answered 200` };
    assert.deepEqual([one.code, JSON.parse(one.out)], [0, sent]);
    assert.ok(!existsSync(join(place.directory, 'state')), 'it needs no record');
  });

  it('says when nobody is called so, or nobody is to be told', async () => {
    configure(`notify: [{ name: on call, webhook: 'https://hooks.example.org/' }]\n`);
    const unknown = await test('oncall');
    assert.equal(unknown.code, 64);
    assert.match(unknown.err, /nobody that notify names is called oncall\nhint: {2}one of: on call/);
    configure('forks: 5\n');
    const nobody = await test();
    assert.equal(nobody.code, 78);
    assert.match(nobody.err, /the configuration has no notify/);
  });
});
