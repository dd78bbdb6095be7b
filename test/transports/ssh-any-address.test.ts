import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { addressesOf, connectToAny } from '../../src/transports/ssh/any-address.ts';
import { inTime } from '../support/in-time.ts';

describe('a host of several addresses', () => {
  let server: Server;
  let port = 0;
  const seen: string[] = [];
  beforeEach(async () => {
    seen.length = 0;
    server = createServer((socket) => {
      seen.push(`${socket.remoteAddress}`);
      socket.on('error', () => undefined).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => server.close());

  const LONG = new AbortController().signal;
  /** Answers to nobody, or is known to be out of reach at once. */
  const SILENT = '192.0.2.77';

  it('is reached at the next one where one refuses', async () => {
    const socket = await connectToAny(['127.0.0.9', '127.0.0.8', '127.0.0.1'], { port }, LONG);
    assert.equal(socket.remoteAddress, '127.0.0.1');
    socket.destroy();
  });

  it('is reached at the next one where one is silent', async () => {
    const started = performance.now();
    const socket = await connectToAny([SILENT, '127.0.0.1'], { port }, LONG);
    assert.equal(socket.remoteAddress, '127.0.0.1');
    assert.ok(performance.now() - started < inTime(1500));
    socket.destroy();
  });

  it('is reached at the first, though the others are silent', async () => {
    const socket = await connectToAny(['127.0.0.1', SILENT], { port }, LONG);
    assert.equal(socket.remoteAddress, '127.0.0.1');
    socket.destroy();
    assert.equal(seen.length <= 1, true);
  });

  it('is reached from BindAddress at each of them', async () => {
    const socket = await connectToAny(['127.0.0.9', '127.0.0.1'], { port, bindAddress: '127.0.0.5' }, LONG);
    assert.equal(socket.localAddress, '127.0.0.5');
    socket.destroy();
  });

  it('refuses when all do, and stops when it is told to', async () => {
    await assert.rejects(connectToAny(['127.0.0.9', '127.0.0.8'], { port }, LONG), { code: 'ECONNREFUSED' });
    const soon = AbortSignal.timeout(50);
    await assert.rejects(connectToAny([SILENT], { port }, soon), (error) => {
      // Where nothing leads there, the system is faster.
      return error === soon.reason || /^E(HOST|NET)UNREACH$/.test(String((error as { code?: string }).code));
    });
    await assert.rejects(connectToAny(['127.0.0.1'], { port }, AbortSignal.abort(new Error('no'))), /no/);
    assert.deepEqual(seen, []);
  });

  it('has those of its AddressFamily, in the order of the resolver', async () => {
    const of = (family: 'any' | 'inet' | 'inet6') => addressesOf({ address: 'localhost', family }, LONG);
    const all = await lookup('localhost', { all: true });
    assert.deepEqual(
      await of('any'),
      all.map(({ address }) => address),
    );
    assert.deepEqual(await of('inet'), ['127.0.0.1']);
    assert.deepEqual(await addressesOf({ address: '::1', family: 'any' }, LONG), ['::1']);
    await assert.rejects(addressesOf({ address: 'no-such-name.invalid', family: 'any' }, LONG), /ENOTFOUND|EAI_AGAIN/);
    const stopped = AbortSignal.abort(new Error('no'));
    await assert.rejects(addressesOf({ address: 'localhost', family: 'any' }, stopped), /no/);
  });
});
