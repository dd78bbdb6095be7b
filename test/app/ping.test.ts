import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ping } from '../../src/app/ping.ts';

describe('A ping', () => {
  const asked: string[] = [];
  let server: Server;
  let base: string;

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(request.url?.startsWith('/gone') === true ? 404 : 200).end('OK');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
  });

  it('goes to URL/start and URL/EXITCODE, before what is asked', async () => {
    assert.deepEqual(await ping(`${base}/uuid`, 'start'), { ok: true, value: undefined });
    assert.deepEqual(await ping(`${base}/uuid/?create=1`, 22), { ok: true, value: undefined });
    assert.deepEqual(asked, ['GET /uuid/start', 'GET /uuid/22?create=1']);
  });

  it('says why it failed, and no more of the URL than its host', async () => {
    const refused = await ping(`${base}/gone-uuid`, 0);
    assert.ok(!refused.ok);
    assert.match(refused.error, /^the ping failed: 127\.0\.0\.1:\d+ answered 404$/);
    const clear = await ping('http://hc.example/uuid', 0);
    assert.ok(!clear.ok);
    assert.match(clear.error, /^the URL to ping must begin with https:/);
    const inside = await ping('https://10.0.0.1/uuid', 0);
    assert.ok(!inside.ok);
    assert.doesNotMatch(inside.error, /uuid/);
  });
});
