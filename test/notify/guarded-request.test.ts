import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import {
  guardedRequest,
  type OutboundAnswer,
  type OutboundRequest,
  type OutboundTrouble,
  type RequestSettings,
} from '../../src/notify/guarded-request.ts';
import type { Result } from '../../src/util/result.ts';
import { skip } from '../support/skip.ts';
import {
  bodyOf,
  closeServers,
  makeCertificate,
  serve,
  serveRaw,
  serveTls,
  type Certificate,
} from './support/servers.ts';

type Answer = Result<OutboundAnswer, OutboundTrouble>;

const post = (url: string, changes: Partial<OutboundRequest> = {}, settings: RequestSettings = {}): Promise<Answer> =>
  guardedRequest(
    { url, method: 'POST', contentType: 'text/plain', body: 'hello', allow: [], userAgent: 'runbook/test', ...changes },
    { limitMs: 5000, ...settings },
  );

/** As if these were the addresses of every name. */
const found = (...addresses: readonly string[]): NonNullable<RequestSettings['lookUp']> => {
  return () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

function troubleOf(answer: Answer): OutboundTrouble {
  return answer.ok ? assert.fail(`answered ${answer.value.status}`) : answer.error;
}

const LOOPBACK = ['127.0.0.0/8'];

describe('guardedRequest', function () {
  this.timeout(20_000);
  afterEach(closeServers);

  it('sends what it is given, and tells the status', async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        const { method, url, headers } = request;
        seen = { method, url, body, type: headers['content-type'], agent: headers['user-agent'], host: headers.host };
        response.writeHead(202).end('thanks');
      });
    });
    assert.deepEqual(await post(`http://127.0.0.1:${port}/a?b=c`), { ok: true, value: { status: 202 } });
    const host = `127.0.0.1:${port}`;
    assert.deepEqual(seen, {
      method: 'POST',
      url: '/a?b=c',
      body: 'hello',
      type: 'text/plain',
      agent: 'runbook/test',
      host,
    });
    assert.deepEqual(await post(`http://localhost:${port}/`, { method: 'GET', body: '' }), {
      ok: true,
      value: { status: 202 },
    });
  });

  describe('connects to no address that was not checked', () => {
    const PRIVATE = [
      '10.0.0.1',
      '127.0.0.1',
      '169.254.169.254',
      'fd00:ec2::254',
      '::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
    ];
    for (const address of [...PRIVATE, '0.0.0.0', '224.0.0.1', 'fe80::1', '2002:7f00:1::', '100.64.0.1']) {
      it(`refuses a name that is ${address}`, async () => {
        const trouble = troubleOf(await post('https://hooks.example/', {}, { lookUp: found(address) }));
        assert.equal(trouble.kind, 'refused');
        assert.match(trouble.message, /^hooks\.example is .*, which is no address of the internet/);
      });
    }

    it('refuses addresses that the URL itself has', async () => {
      for (const host of ['10.0.0.1', '169.254.169.254', '[::]', '[fd00::1]', '0.0.0.0', '[64:ff9b::a00:1]']) {
        assert.equal(troubleOf(await post(`https://${host}/`)).kind, 'refused', host);
      }
    });

    it('goes to a network that allow names, and to no other', async () => {
      let count = 0;
      const port = await serve((_, response) => void response.writeHead(200).end(String(count++)));
      const certificate = makeCertificate('DNS:hooks.example');
      assert.equal(count, 0);
      const url = `https://hooks.example:${port}/`;
      const elsewhere = troubleOf(await post(url, { allow: ['10.0.0.0/8'] }, { lookUp: found('127.0.0.1') }));
      assert.equal(elsewhere.kind, 'refused');
      if (certificate === undefined) return;
      const near = await serveTls(certificate, (_, response) => void response.end(String(count++)));
      const allowed = await post(`https://hooks.example:${near}/`, { allow: LOOPBACK }, { lookUp: found('127.0.0.1') });
      assert.match(troubleOf(allowed).message, /self-signed certificate/, 'it was connected to');
      assert.equal(count, 0);
    });

    it('leaves out those addresses of a name that are not allowed, and asks once', async () => {
      const port = await serveRaw((socket) => socket.end());
      let asked = 0;
      const lookUp = (): ReturnType<NonNullable<RequestSettings['lookUp']>> => {
        asked++;
        // What would be answered the next time is of no account.
        return found(...(asked === 1 ? ['10.9.9.9', '127.0.0.1'] : ['169.254.169.254']))(
          '',
          new AbortController().signal,
        );
      };
      const url = `https://rebind.example:${port}/`;
      const trouble = troubleOf(await post(url, { allow: LOOPBACK }, { lookUp }));
      assert.equal(trouble.kind, 'failed');
      assert.match(trouble.message, /^rebind\.example:\d+: /);
      assert.equal(asked, 1);
    });

    it('does not take localhost for another machine', async () => {
      const trouble = troubleOf(await post('http://localhost:9/', {}, { lookUp: found('93.184.215.14') }));
      assert.deepEqual(trouble, {
        kind: 'refused',
        message: 'localhost is 93.184.215.14, which is no address of this machine',
      });
    });
  });

  it('tells what a look-up failed with, and gives up one that is silent', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('ENOTFOUND'));
    const unknown = troubleOf(await post('https://hooks.example/', {}, { lookUp: failing }));
    assert.deepEqual(unknown, { kind: 'failed', message: 'the name hooks.example could not be looked up: ENOTFOUND' });
    const silent = (_: string, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const late = troubleOf(await post('https://hooks.example/', {}, { lookUp: silent, limitMs: 50 }));
    assert.deepEqual(late, { kind: 'failed', message: 'hooks.example: no answer within 50ms' });
  });

  it('looks a name up as the system does', async () => {
    const port = await serve((_, response) => void response.end());
    assert.ok((await post(`http://localhost:${port}/`)).ok);
    const none = troubleOf(await post('https://no-such-name.invalid/'));
    assert.equal(none.kind, 'failed');
    assert.match(none.message, /^the name no-such-name\.invalid could not be looked up: E/);
  });

  it('follows no redirect', async () => {
    let followed = 0;
    const target = await serve((_, response) => void response.end(String(followed++)));
    for (const status of [301, 302, 303, 307, 308]) {
      const headers = { Location: `http://127.0.0.1:${target}/`, Refresh: '0' };
      const port = await serve((_, response) => void response.writeHead(status, headers).end());
      assert.deepEqual(await post(`http://127.0.0.1:${port}/`), { ok: true, value: { status } });
    }
    assert.equal(followed, 0);
  });

  it('tells for how long it is asked to wait', async () => {
    const port = await serve((_, response) => void response.writeHead(429, { 'Retry-After': '17' }).end());
    assert.deepEqual(await post(`http://127.0.0.1:${port}/`), {
      ok: true,
      value: { status: 429, retryAfterMs: 17_000 },
    });
  });

  /** What a server may send instead of an answer; each ends with a word of its own, in time. */
  const HEAD = 'HTTP/1.1 200 OK\r\n';
  const BAD_ANSWERS: readonly (readonly [name: string, answer: string, message: RegExp])[] = [
    ['nothing at all', '', /no answer within|closed|socket hang up/],
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n', /Parse Error/],
    ['a status of one digit', 'HTTP/1.1 2 OK\r\n\r\n', /Parse Error/],
    ['a status that is none', 'HTTP/1.1 abc OK\r\n\r\n', /Parse Error/],
    ['no end of its headers', `${HEAD}A: b\r\n`, /no answer within/],
    ['headers without end', HEAD + `X: ${'x'.repeat(1000)}\r\n`.repeat(200), /Parse Error: Header overflow/],
    ['a header with a NUL', `${HEAD}A: \0\r\n\r\n`, /Parse Error/],
    ['a header without a name', `${HEAD}: b\r\n\r\n`, /Parse Error/],
    ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, /Parse Error/],
    ['a length and chunks', `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /Parse Error/],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
      /closed|hang up|aborted/,
    ],
    ['only that it will answer', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50), /no answer within/],
  ];
  for (const [name, answer, message] of BAD_ANSWERS) {
    it(`gives up a server that sends ${name}`, async () => {
      const port = await serveRaw((socket) => socket.write(answer));
      const trouble = troubleOf(await post(`http://127.0.0.1:${port}/`, {}, { limitMs: 500 }));
      assert.equal(trouble.kind, 'failed');
      assert.match(trouble.message, message);
    });
  }

  it('gives up a server that sends one byte after another', async () => {
    const port = await serveRaw((socket) => {
      const timer = setInterval(() => socket.write('H'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const begun = performance.now();
    const trouble = troubleOf(await post(`http://127.0.0.1:${port}/`, {}, { limitMs: 300 }));
    assert.equal(trouble.kind, 'failed');
    assert.ok(performance.now() - begun < 3000);
  });

  it('reads no body, and closes the connection', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const port = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => {
        clearInterval(timer);
        closed();
      });
    });
    assert.deepEqual(await post(`http://127.0.0.1:${port}/`), { ok: true, value: { status: 200 } });
    await isClosed;
  });

  it('does not wait for a server that does not take what is sent', async () => {
    const port = await serveRaw((socket) => socket.pause());
    const body = 'x'.repeat(20_000_000);
    const trouble = troubleOf(await post(`http://127.0.0.1:${port}/`, { body }, { limitMs: 300 }));
    assert.match(trouble.message, /no answer within/);
  });

  it('ends when it is cancelled, before and meanwhile', async () => {
    const port = await serveRaw(() => undefined);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 50);
    const trouble = troubleOf(await post(`http://127.0.0.1:${port}/`, {}, { signal: cancel.signal }));
    assert.deepEqual(trouble, { kind: 'failed', message: `127.0.0.1:${port}: no answer so far` });
    assert.equal(troubleOf(await post(`http://127.0.0.1:${port}/`, {}, { signal: cancel.signal })).kind, 'failed');
  });

  it('repeats of a URL no more than its host', async () => {
    const port = await serveRaw((socket) => socket.end('x'));
    for (const url of [`http://127.0.0.1:${port}/T0/canary`, 'https://10.0.0.1/T0/canary', 'https://x@y/T0/canary']) {
      assert.ok(!troubleOf(await post(url)).message.includes('canary'));
    }
  });

  /** In a process that begins with this environment: Node reads it then. */
  const askInChild = (url: string, env: NodeJS.ProcessEnv, allow: readonly string[] = []): Promise<Answer> => {
    const text = `
      import { guardedRequest } from ${JSON.stringify(join(import.meta.dirname, '../../src/notify/guarded-request.ts'))};
      const lookUp = async () => [{ address: '127.0.0.1', family: 4 }];
      const request = { url: ${JSON.stringify(url)}, method: 'GET', allow: ${JSON.stringify(allow)}, userAgent: 'runbook' };
      process.stdout.write(JSON.stringify(await guardedRequest(request, { lookUp })));`;
    return new Promise((resolve, reject) => {
      execFile(process.execPath, ['--input-type=module', '-e', text], { env }, (cause, stdout) => {
        if (cause === null) resolve(JSON.parse(stdout) as Answer);
        else reject(cause);
      });
    });
  };

  it('uses no proxy that the environment names', async () => {
    const proxied = await serve((_, response) => void response.writeHead(418).end());
    const port = await serve((_, response) => void response.writeHead(204).end());
    const proxy = `http://127.0.0.1:${proxied}`;
    const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: '1' };
    assert.deepEqual(await askInChild(`http://127.0.0.1:${port}/`, env), { ok: true, value: { status: 204 } });
  });

  describe('verifies certificates', () => {
    const usual = getCACertificates('default');
    let certificate: Certificate;
    before(function () {
      certificate = makeCertificate('DNS:hooks.example') ?? skip(this, 'needs openssl');
    });
    afterEach(() => setDefaultCACertificates(usual));

    const ask = (host: string, port: number): Promise<Answer> =>
      post(`https://${host}:${port}/`, { allow: LOOPBACK }, { lookUp: found('127.0.0.1') });

    it('refuses one that nobody vouches for, or of another name, and takes one of an authority that is trusted', async () => {
      const port = await serveTls(certificate, (_, response) => void response.end());
      assert.match(troubleOf(await ask('hooks.example', port)).message, /self-signed certificate/);
      setDefaultCACertificates([...usual, certificate.cert.toString()]);
      assert.deepEqual(await ask('hooks.example', port), { ok: true, value: { status: 200 } });
      assert.match(troubleOf(await ask('other.example', port)).message, /does not match certificate's altnames/);
    });

    it('takes authorities of $NODE_EXTRA_CA_CERTS', async () => {
      const port = await serveTls(certificate, (_, response) => void response.end());
      const folder = mkdtempSync(join(tmpdir(), 'runbook-ca-'));
      try {
        writeFileSync(join(folder, 'ca.pem'), certificate.cert);
        const url = `https://hooks.example:${port}/`;
        assert.match(troubleOf(await askInChild(url, {}, LOOPBACK)).message, /self-signed certificate/);
        const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
        assert.deepEqual(await askInChild(url, env, LOOPBACK), { ok: true, value: { status: 200 } });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('does not speak to a server without TLS', async () => {
      const port = await serve((_, response) => void response.end());
      assert.equal(troubleOf(await ask('hooks.example', port)).kind, 'failed');
    });
  });
});
