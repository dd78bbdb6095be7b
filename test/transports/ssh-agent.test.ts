import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agents, signByAgent } from '../../src/transports/ssh/agent.ts';
import { publicPart } from '../../src/transports/ssh/public-key.ts';
import { NEVER } from '../conformance/transport.ts';
import { startAgentServer, type AgentServer, type AgentServerOptions } from './ssh-agent-server.ts';

describe('an SSH agent', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const blob = publicPart(privateKey) ?? Buffer.alloc(0);
  const data = Buffer.from('to be signed');
  let folder: string;
  let agent: AgentServer;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-agent-'));
  });
  afterEach(async () => {
    await agent?.stop();
    rmSync(folder, { recursive: true });
  });
  const started = async (options: AgentServerOptions = {}): Promise<void> => {
    agent = await startAgentServer(join(folder, 'socket'), [privateKey], options);
  };
  const signed = () => signByAgent(agent.socket, blob, data, 'ssh-ed25519', NEVER);

  it('is asked for its keys once for all hosts of a run', async () => {
    await started();
    const agents = new Agents();
    const lists = await Promise.all(Array.from({ length: 100 }, () => agents.list(agent.socket)));
    assert.equal(agent.asked.list, 1);
    for (const list of lists) assert.deepEqual(list, lists[0]);
    assert.deepEqual(lists[0], { ok: true, value: [{ publicKey: blob, comment: 'key0\\x1b[2J' }] });
  });

  it('signs', async () => {
    await started();
    const signature = await signed();
    assert.ok(signature.ok && verify(null, data, publicKey, signature.value));
  });

  const refusals: readonly (readonly [string, AgentServerOptions, RegExp])[] = [
    ['says no', { refuses: true }, /refused to sign/],
    [
      'signs by another algorithm than the one asked for',
      { algorithm: 'ssh-rsa' },
      /by ssh-rsa instead of ssh-ed25519/,
    ],
    ['says nonsense', { answer: Buffer.from('HTTP/1.1 400 Bad Request\r\n') }, /does not speak as an agent/],
    ['answers with nothing', { answer: Buffer.from([0, 0, 0, 1, 99]) }, /refused to sign/],
  ];
  for (const [what, options, words] of refusals)
    it(`is told of in words when it ${what}`, async () => {
      await started(options);
      const signature = await signed();
      assert.match(signature.ok ? 'signed' : signature.error, words);
    });

  it('that lists what is cut short has the keys before that', async () => {
    await started({ answer: Buffer.from([0, 0, 0, 9, 12, 0, 0, 0, 1, 0, 0, 0, 9]) });
    assert.deepEqual(await new Agents().list(agent.socket), { ok: true, value: [] });
  });

  it('that hangs is left when the login is over', async () => {
    await started({ answer: Buffer.alloc(0) });
    const stop = new AbortController();
    const signing = signByAgent(agent.socket, blob, data, 'ssh-ed25519', stop.signal);
    stop.abort();
    assert.deepEqual(await signing, { ok: false, error: 'does not answer' });
  });
});
