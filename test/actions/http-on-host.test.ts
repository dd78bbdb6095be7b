import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeContext } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { closeAll, later, outputOf, probe, reading, refusing, serve } from './support/http-rig.ts';
import { busyBoxOnly, shells } from './support/shells.ts';

const [shell] = shells();

describe('the action http on a host that forbids forwarding', () => {
  afterEach(closeAll);

  for (const tool of ['curl', 'wget', 'busybox'] as const) {
    describe(`and has ${tool}`, () => {
      let folder: string;
      before(function () {
        folder = mkdtempSync(join(tmpdir(), 'runbook-http-'));
        if (shell === undefined) return skip(this, 'no POSIX shell');
        if (tool === 'busybox') {
          if (!shells().some(({ name }) => name === 'busybox')) skip(this, 'BusyBox cannot be fetched');
          busyBoxOnly(folder);
        } else {
          for (const program of [tool, 'head', 'grep']) {
            try {
              execFileSync('sh', ['-euc', 'ln -s "$(command -v "$1")" "$2/"', 'sh', program, folder]);
            } catch {
              skip(this, `no ${program} on this machine`);
            }
          }
        }
      });
      after(() => rmSync(folder, { recursive: true, force: true }));

      const onHost = (): Partial<ProbeContext> => ({ dial: refusing('channel-refused'), read: reading(folder) });

      it('gives the same answer', async () => {
        const port = await serve((request, response) => {
          response.statusCode = request.url === '/bad' ? 404 : 200;
          response.end('hello');
        });
        const url = `http://127.0.0.1:${port}/`;
        const good = outputOf(await probe({ url }, onHost()));
        assert.deepEqual([good['code'], good['error'], good['body']], [200, '', 'hello']);
        assert.equal(outputOf(await probe({ url: `${url}bad` }, onHost()))['code'], 404);
      });

      it('leaves redirects alone', async function () {
        if (tool === 'busybox') return skip(this, 'the wget of BusyBox follows redirects');
        const port = await serve((_, response) => response.writeHead(302, { location: '/next' }).end());
        const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }, onHost()));
        assert.deepEqual([output['code'], (output['headers'] as JsonObject)['location']], [302, '/next']);
      });

      it('says that nobody listens', async () => {
        const output = outputOf(await probe({ url: 'http://127.0.0.1:1/' }, onHost()));
        assert.equal(output['code'], 0);
        assert.notEqual(output['error'], '');
      });

      it(
        tool === 'curl' ? 'sends headers and body' : 'fails for a request that would show in the list of processes',
        async () => {
          const port = await serve((request, response) => {
            let body = '';
            request.on('data', (chunk: Buffer) => (body += chunk.toString()));
            request.on('end', () => response.end(`${request.method} ${String(request.headers['x-key'])} ${body}`));
          });
          const params = { url: `http://127.0.0.1:${port}/`, headers: { 'X-Key': '"q\\' }, body: '@"\\\nü\t$HOME' };
          const result = await probe(params, onHost());
          if (tool === 'curl') assert.equal(outputOf(result)['body'], 'POST "q\\ @"\\\nü\t$HOME');
          else assert.equal(result.status === 'failed' && result.reason, 'cannot-check');
        },
      );

      it('keeps the first 64 KiB', async () => {
        const port = await serve((_, response) => response.end('x'.repeat(1_000_000)));
        const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }, onHost()));
        assert.deepEqual([output['code'], output['error'], output['body']], [200, '', 'x'.repeat(65_536)]);
      });
    });
  }

  it('fails where the host has nothing', async function () {
    if (shell === undefined) return skip(this, 'no POSIX shell');
    const empty = mkdtempSync(join(tmpdir(), 'runbook-http-'));
    later(() => rmSync(empty, { recursive: true }));
    const result = await probe(
      { url: 'http://127.0.0.1/' },
      { dial: refusing('channel-refused'), read: reading(empty) },
    );
    assert.equal(result.status === 'failed' && result.reason, 'cannot-check');
  });
});
