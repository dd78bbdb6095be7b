import assert from 'node:assert/strict';
import { chmodSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controller } from '../chaos/controller.ts';
import { newestRun } from '../chaos/run-record.ts';
import { Workplace, type Ended } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { foundIn } from './needles.ts';
import { ProcessSampler } from './process-sampler.ts';

/** How a run goes that has the secrets. */
export type Ending =
  'repaired' | 'failed' | 'rolled-back' | 'timed-out' | 'interrupted' | 'killed' | 'resumed' | 'silent';
export const ENDINGS: readonly Ending[] = [
  'repaired',
  'failed',
  'rolled-back',
  'timed-out',
  'interrupted',
  'killed',
  'resumed',
  'silent',
];

/** What a step prints in each way that a host has. `TOKEN` is in its environment. */
const TELL = [
  'set -x',
  'printf "%s\\n" "$TOKEN"; printf "%s\\n" "$TOKEN" >&2',
  'printf %s "$TOKEN" | base64; printf %s "$TOKEN" | od -An -v -tx1; printf %s "$TOKEN" | base64 -w 20',
  ': "quoted $TOKEN"',
].join('\n');

const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`);
const tell = (more = ''): string => `|\n      ${indented(`${TELL}\n${more}`, '      ')}`;
const ENV = 'env: { TOKEN: "${{ params.token }}" }';

const runbookFor = (ending: Ending): string => `runbook: told
summary: Secrets pass through every kind of step
become: true
params:
  token: { type: secret }
diagnose:
  - id: seen
    effect: reads
    shell: ${tell('test ! -e /srv/treated; echo "sick $?"')}
    ${ENV}
  - id: fed
    effect: reads
    command: { argv: [cat], stdin: "\${{ params.token }}" }
findings:
  evidence:
    items: fed.stdout_lines
    severity: info
    summary: "\${{ findings.evidence.items.join(' ') }}"
    advice: "\${{ fed.stdout }}"
  sick:
    items: "[{'said': seen.stdout, 'each': fed.stdout_lines.join(' ')}]"
    when: seen.stdout.contains('sick 0')
    severity: problem
    summary: "said \${{ seen.stdout }} and \${{ fed.stdout }}"
fix:
  - include: lib/part.yaml
    id: part
    for: sick
    with: { key: "\${{ params.token }}", note: "\${{ fed.stdout }}" }
  - id: shared
    for: sick
    once: true
    name: "once with \${{ seen.stdout }}"
    command: { argv: [cat], stdin: "\${{ params.token }}" }
    undo: { none: nothing is to be undone }
  - id: written
    for: sick
    template: { src: files/app.tmpl, dest: /srv/app.conf }
  - id: refused
    for: sick
    on_failure: continue
    template: { src: files/app.tmpl, dest: /srv/refused.conf, validate: [sh, -c, 'cat "$0" "$0" >&2; exit 1', '%s'] }
  - id: each
    for: sick
    loop: [one, two]
    shell: ${tell('echo ok >/srv/seen-by-it')}
    ${ENV}
    undo:
      - shell: ${indented(tell(), '    ')}
        ${ENV}
  - id: again
    for: sick
    shell: ${tell('echo x >>/srv/tries; test $(wc -l </srv/tries) -ge 2')}
    ${ENV}
    idempotent: true
    until: result.code == 0
    delay: 1s
    expect: result.code == 0
    undo: { none: it counts }
  - id: last
    for: sick
    shell: ${tell(LAST[ending])}
    ${ENV}
    ${ending === 'timed-out' ? 'timeout: 2s' : ''}
    ${ending === 'silent' ? 'no_log: true' : ''}
    undo: { none: nothing is to be undone }
verify:
  within: 3s
  every: 1s
  soak: 0s
  steps:
    - assert: { that: ["\${{ size(fed.stdout) ${ending === 'rolled-back' ? '< 0' : '>= 0'} }}"], message: "not so: \${{ fed.stdout }}" }
    - id: treated
      shell: ${indented(tell('test -e /srv/treated'), '  ')}
      ${ENV}
      effect: reads
      expect: result.code == 0
`;

/** A secret that goes through a param of a fragment, too. */
const FRAGMENT = `fragment: part
summary: A secret of the runbook is given on
params:
  key: { type: secret }
  note: { type: string }
steps:
  - id: inner
    name: "inner \${{ params.note }}"
    shell: |
      ${indented(TELL, '      ')}
    env: { TOKEN: "\${{ params.key }}" }
    undo: { none: nothing is to be undone }
`;

const LAST: Readonly<Record<Ending, string>> = {
  repaired: 'echo ok >/srv/treated',
  silent: 'echo ok >/srv/treated',
  failed: 'exit 7',
  'rolled-back': 'true',
  'timed-out': 'sleep 30',
  interrupted: 'echo begun >/srv/begun; sleep 3',
  killed: 'echo begun >/srv/begun; sleep 3; echo ok >/srv/treated',
  resumed: 'echo begun >/srv/begun; sleep 3; echo ok >/srv/treated',
};

export interface Searched {
  readonly sinks: number;
  /** `SINK: what was found there`. */
  readonly hits: readonly string[];
}

/** One run of that runbook by the real program, as `ops` who becomes root by a password, and a search of all that it leaves. */
export class SecretRun {
  readonly place = new Workplace();
  readonly #host: FleetHost;
  readonly #ending: Ending;

  constructor(host: FleetHost, ending: Ending, secrets: { readonly token: string; readonly password: string }) {
    this.#host = host;
    this.#ending = ending;
    const values = { token: secrets.token, sudo: secrets.password };
    this.place.write({
      'told.yaml': runbookFor(ending),
      'lib/part.yaml': FRAGMENT,
      'files/app.tmpl': 'said = ${{ seen.stdout }}\nfed = ${{ fed.stdout }}\n',
      'params.yaml': 'token: !secret token\n',
      'secrets.yaml': JSON.stringify(values).replaceAll(/[^ -~]/g, (sign) => `\\u${hex4(sign)}`),
      known_hosts: `${host.knownHostsLine}\n`,
      'inventory.yaml': `all:
  hosts:
    ${host.name}: { ansible_host: ${host.address}, ansible_port: ${host.port} }
  vars:
    ansible_user: ops
    ansible_become_password: !secret sudo
    ansible_ssh_private_key_file: ${host.rootKeyFile}
    runbook_known_hosts: known_hosts
`,
    });
    chmodSync(join(this.place.directory, 'secrets.yaml'), 0o600);
  }

  /** Runs it to its end, and searches while it runs and afterwards. */
  async search(needles: readonly string[]): Promise<Searched> {
    // What a killed run before this one left there is no sign of this one; some secrets begin alike, and it was found.
    await this.#host.exec('rm -rf /srv/* /run/runbook; touch /srv/before');
    const sampler = new ProcessSampler();
    const shown: [sink: string, bytes: Buffer][] = [];
    try {
      for (const [sink, { out, err }] of await this.#run()) {
        shown.push([`${sink}, stdout`, Buffer.from(out)], [`${sink}, stderr`, Buffer.from(err)]);
      }
    } finally {
      shown.push(['arguments and environments of all processes', sampler.stop('TOKEN')]);
    }
    shown.push(...this.#files());
    const hits = shown.flatMap(([sink, bytes]) => foundIn(bytes, needles).map((needle) => `${sink}: ${needle}`));
    const onHost = await this.#searchHost(needles);
    return { sinks: shown.length + onHost.sinks, hits: [...hits, ...onHost.hits] };
  }

  async #run(): Promise<readonly (readonly [string, Ended])[]> {
    const words = ['run', './told.yaml', '-i', 'inventory.yaml', '--params-file', 'params.yaml'];
    const withSecrets = [...words, '--secrets', 'secrets.yaml', '--limit', this.#host.name];
    const plan = await controller(this.place, ['plan', ...withSecrets.slice(1), '-v']);
    assert.match(plan.out + plan.err, /\*{8}/, plan.err);
    const isCut = ['interrupted', 'killed', 'resumed'].includes(this.#ending);
    const run = isCut
      ? await this.#cut([...withSecrets, '--yes', '-v'])
      : await controller(this.place, [...withSecrets, '--yes', this.#ending === 'failed' ? '--json' : '-v']);
    const record = await newestRun(this.place);
    assert.ok(record !== undefined, run.err);
    const later: (readonly [string, Ended])[] = [];
    const also = async (...argv: readonly string[]): Promise<void> =>
      void later.push([argv[0] ?? '', await controller(this.place, argv)]);
    if (this.#ending === 'resumed') {
      await also('resume', record.runId, '--secrets', 'secrets.yaml', '-v');
      await also('rollback', record.runId, '--secrets', 'secrets.yaml', '--yes', '-v');
    }
    await also('show', record.runId);
    await also('show', record.runId, '--json');
    await also('history');
    await also('history', '--json');
    await also('fsck');
    return [['plan', plan], ['run', run], ...later];
  }

  /** Ends it when its last step has begun. */
  async #cut(words: readonly string[]): Promise<Ended> {
    const watched = watch(this.#host, '/srv/begun');
    const signal = this.#ending === 'interrupted' ? 'INT' : 'KILL';
    const pidFile = join(this.place.directory, 'pid');
    const run = this.place.spawn(
      'sh',
      ['-c', 'echo $$ >"$0"; exec "$@"', pidFile, process.execPath, join(ROOT, 'bin/runbook.cjs'), ...words],
      { limitMs: 60_000 },
    );
    await watched;
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), `SIG${signal}`);
    return run;
  }

  #files(): readonly [string, Buffer][] {
    const files = globSync('**/*', { cwd: this.place.directory, exclude: ['secrets.yaml'] });
    return files
      .map((file): [string, string] => [file, join(this.place.directory, file)])
      .filter(([, path]) => statSync(path).isFile())
      .map(([file, path]) => [`file ${file}`, readFileSync(path)]);
  }

  async #searchHost(needles: readonly string[]): Promise<Searched> {
    writeFileSync(join(this.#host.root, 'srv/needles'), needles.map((needle) => `${needle}\n`).join(''));
    const { stdout } = await this.#host.exec(
      `find / -xdev -type f -newer /srv/before ! -path '/srv/*' ! -path '/proc/*' ! -path '/sys/*' >/srv/files
find /run /tmp /dev/shm -type f >>/srv/files 2>/dev/null
wc -l </srv/files
tr '\\n' '\\0' </srv/files | xargs -0 grep -laFf /srv/needles 2>/dev/null`,
    );
    const [count = '0', ...found] = stdout.trim().split('\n');
    const files = found.filter((file) => this.#ending !== 'killed' || !IN_CLAIM.test(file));
    return { sinks: Number(count), hits: files.map((file) => `on the host: ${file}`) };
  }

  remove(): void {
    this.place.remove();
  }
}

/** What steps printed, for the one who resumes the run: closed to all but root, and gone when the run has its end. */
const IN_CLAIM = /^\/run\/runbook\/\w+\/[^/]+\/std(?:out|err)$/;
const ROOT = join(import.meta.dirname, '..', '..');
const hex4 = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(4, '0');

async function watch(host: FleetHost, file: string): Promise<void> {
  await host.exec(`for i in $(seq 300); do [ -e ${file} ] && exit; sleep 0.1; done`);
}
