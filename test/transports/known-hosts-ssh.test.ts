import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import ssh2 from 'ssh2';
import type { HostKeySettings } from '../../src/model/ssh-settings.ts';
import { fingerprint, kindOf, typeOf } from '../../src/transports/ssh/host-key-blob.ts';
import type { KeyedHop } from '../../src/transports/ssh/host-key-look.ts';
import { judgeHostKey, keyAlgorithms, keysOf } from '../../src/transports/ssh/host-key.ts';
import { KnownHostsFiles } from '../../src/transports/ssh/known-hosts-file.ts';
import { mapLimited } from '../../src/util/map-limited.ts';
import { Random } from '../support/random.ts';
import { skip } from '../support/skip.ts';
import { ASKED, someHosts, someKeys, someLine, type KeyText } from './known-hosts-cases.ts';
import { newKey } from './ssh-server.ts';

const CASES = Number(process.env['KNOWN_HOSTS_CASES'] ?? 250);
const SEED = Number(process.env['KNOWN_HOSTS_SEED'] ?? 17);

type Verdict = 'believed' | 'unknown' | 'changed' | 'revoked' | 'unverifiable';

interface Case {
  readonly folder: string;
  readonly hop: KeyedHop;
  readonly keys: readonly Buffer[];
  readonly port: number;
}

describe('the verdict on a host key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-verdicts-'));
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  after(() => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
    rmSync(folder, { recursive: true });
  });

  it(`is that of ssh, with the same key asked for and the same line added, in ${CASES} generated cases`, async function () {
    this.timeout(300_000);
    if (spawnSync('ssh', ['-V']).error !== undefined) skip(this, 'there is no ssh here');
    const algorithms = hostKeyAlgorithms();
    const random = new Random(SEED);
    const pairs = { ed25519: newKey(), ecdsa: newKey('ecdsa'), rsa: newKey('rsa') };
    const sets = await Promise.all(
      [[pairs.ed25519], [pairs.rsa], [pairs.ecdsa, pairs.rsa], Object.values(pairs)].map(async (offered) => ({
        port: await offer(offered.map((pair) => pair.private)),
        keys: offered.map((pair) => Buffer.from(pair.public.split(' ')[1] ?? '', 'base64')),
      })),
    );
    const own = Object.values(pairs).map((pair) => pair.public.split(' ').slice(0, 2).join(' '));
    const texts = [...own, ...own, ...own, ...someKeys().slice(0, 8)];
    const cases = Array.from({ length: CASES }, (_, index): Case => {
      const where = join(folder, String(index));
      return { folder: where, hop: someHop(random, where, texts, algorithms), ...random.pick(sets) };
    });
    const seen = new Map<string, number>();
    let added = 0;
    await mapLimited(cases, 3, async (one) => {
      const ours = judge(one);
      const theirs = await ask(one);
      const what = `case ${one.folder.split('/').at(-1)} of seed ${SEED}: ${JSON.stringify(one.hop.hostKeys)}`;
      assert.equal(ours.shown, theirs.shown, what);
      const pair = `${ours.verdict} ${theirs.verdict}`;
      // Only these two are meant to differ: what only ssh can decide is left to it, and what is revoked without its port stays so.
      if (!['unverifiable believed', 'unverifiable unknown', 'unverifiable changed', 'revoked believed'].includes(pair))
        assert.equal(ours.verdict, theirs.verdict, `${what}\n${theirs.log}`);
      if (ours.verdict === theirs.verdict) assert.deepEqual(ours.after, theirs.after, what);
      seen.set(pair, (seen.get(pair) ?? 0) + 1);
      if (ours.after !== ours.before) added += 1;
    });
    for (const verdict of ['believed', 'unknown', 'changed', 'revoked'])
      assert.ok((seen.get(`${verdict} ${verdict}`) ?? 0) >= CASES / 50, `${verdict}: ${JSON.stringify([...seen])}`);
    const left = [...seen]
      .filter(([pair]) => pair.startsWith('unverifiable'))
      .reduce((sum, [, count]) => sum + count, 0);
    assert.ok(left < CASES / 5, JSON.stringify([...seen]));
  });

  async function offer(hostKeys: string[]): Promise<number> {
    const server = new ssh2.Server({ hostKeys }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => context.reject(['publickey']));
    });
    const tcp = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
      socket.setNoDelay(true);
      server.injectSocket(socket);
    });
    servers.push(tcp);
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', () => resolve()));
    return (tcp.address() as AddressInfo).port;
  }
});

interface Answer {
  readonly shown: string;
  readonly verdict: Verdict;
  /** The first file of the user, where names that were hashed are only counted. */
  readonly after: string;
}

/** What the host shows, and what we make of it. */
function judge({ hop, keys, folder: where }: Case): Answer & { readonly before: string } {
  const hostKeys = keysOf(hop, new KnownHostsFiles(), false);
  const shown = keyAlgorithms(hostKeys)
    .map((algorithm) => keys.find((key) => typeOf(key) === kindOf(algorithm)))
    .find((key) => key !== undefined);
  assert.ok(shown);
  const before = contents(where, hop);
  const verdict = judgeHostKey(hostKeys, shown);
  return {
    shown: fingerprint(shown),
    verdict: verdict.ok ? 'believed' : (verdict.error.code.replace('host-key-', '') as Verdict),
    before,
    after: contents(where, hop),
  };
}

async function ask({ hop, port, folder: where }: Case): Promise<Answer & { readonly log: string }> {
  const theirs = join(where, 'theirs');
  const { alias, userFiles, globalFiles, unknown, hashNames, revokedFile } = hop.hostKeys;
  const within = (files: readonly string[]): string => files.map((file) => file.replace(where, theirs)).join(' ');
  const settings = [
    'BatchMode=yes',
    'PreferredAuthentications=none',
    'KexAlgorithms=curve25519-sha256',
    'CheckHostIP=no',
    `UserKnownHostsFile=${within(userFiles)}`,
    `GlobalKnownHostsFile=${within(globalFiles)}`,
    `StrictHostKeyChecking=${unknown === 'add' ? 'accept-new' : 'yes'}`,
    `HashKnownHosts=${hashNames ? 'yes' : 'no'}`,
    ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
    ...(revokedFile === undefined ? [] : [`RevokedHostKeys=${revokedFile}`]),
    // So that any name can be asked for, and any port.
    `ProxyCommand=bash -c 'trap "" HUP; exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3 2>/dev/null & cat >&3; kill $!'`,
  ];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const ssh = spawn('ssh', ['-v', '-F', 'none', ...options, '-p', `${hop.port}`, `x@${hop.address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = await text(ssh.stderr);
  return {
    shown: /Server host key: \S+ (\S+)/.exec(log)?.[1] ?? log,
    verdict: verdictIn(log),
    after: contents(theirs, { ...hop, hostKeys: { ...hop.hostKeys, userFiles: [within(userFiles.slice(0, 1))] } }),
    log,
  };
}

function verdictIn(log: string): Verdict {
  if (/Authentications that can continue/.test(log)) return 'believed';
  if (/revoked by file|REVOKED HOST KEY/.test(log)) return 'revoked';
  if (/has changed and you have requested strict/.test(log)) return 'changed';
  if (/No \S+ host key is known/.test(log)) return 'unknown';
  throw new Error(log);
}

/** A machine, with its files written down twice: for us, and for ssh. */
function someHop(random: Random, folder: string, keys: readonly KeyText[], algorithms: readonly string[]): KeyedHop {
  const asked = random.pick(ASKED.filter(({ address }) => /^[ -~]+$/.test(address)));
  mkdirSync(join(folder, 'theirs'), { recursive: true });
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, 'latin1');
    copyFileSync(file, join(folder, 'theirs', name));
    return file;
  };
  const line = (): string => (random.chance(60) ? someLine(random, keys) : `${someHosts(random)} ${random.pick(keys)}`);
  const file = (name: string, most: number): string =>
    write(name, Array.from({ length: random.below(most + 1) }, () => `${line()}\n`).join(''));
  const hostKeys: HostKeySettings = {
    ...(random.chance(15) && { alias: random.pick(['web01', 'WEB1', 'w\u00e4b', '[web01]:2222']) }),
    userFiles: [file('user', 8), ...(random.chance(50) ? [file('user2', 4)] : [])],
    globalFiles: [random.chance(50) ? file('global', 4) : join(folder, 'missing')],
    ...(random.chance(20) && { revokedFile: write('revoked', `# ours\n${random.pick(keys)}\n`) }),
    unknown: random.chance(50) ? 'add' : 'refuse',
    hashNames: random.chance(30),
    checkAddress: false,
  };
  const others = { ciphers: [], macs: [], keyExchanges: [], publicKeys: [] };
  return { ...asked, hostKeys, algorithms: { ...others, hostKeys: algorithms } };
}

function contents(folder: string, { hostKeys }: KeyedHop): string {
  const text = readFileSync(join(folder, 'user'), 'latin1');
  return hostKeys.hashNames ? text.replace(/^\|1\|\S+/gm, '|1|') : text;
}

/** What this ssh asks for when nobody has said anything. */
function hostKeyAlgorithms(): readonly string[] {
  const { stdout } = spawnSync('ssh', ['-F', 'none', '-G', 'web01'], { encoding: 'utf8' });
  return /^hostkeyalgorithms (.*)$/m.exec(stdout)?.[1]?.split(',') ?? [];
}
