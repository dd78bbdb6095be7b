import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultProxy, type Fault } from './fault-proxy.ts';

const SAID = 'abcdefgh';

describe('the proxy that makes faults of a network', () => {
  let echo: Server;
  let proxy: FaultProxy;
  let atHost: string[];

  beforeEach(async () => {
    atHost = [];
    echo = createServer((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => atHost.push(error.code ?? ''));
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => atHost.push('end'));
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.to('127.0.0.1', (echo.address() as AddressInfo).port);
  });
  afterEach(() => {
    proxy.close();
    echo.close();
  });

  const opened = async (): Promise<Socket> => {
    const socket = createConnection(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const heard = async (socket: Socket, bytes: number): Promise<string> => {
    let text = '';
    while (text.length < bytes) text += String((await once(socket, 'data'))[0]);
    return text;
  };

  it('passes on what is said, also slowly and byte by byte, and counts it', async () => {
    proxy.weather = () => ({ pieceBytes: 1, delayMs: 1 });
    const socket = await opened();
    socket.write(SAID);
    assert.equal(await heard(socket, SAID.length), SAID);
    assert.deepEqual(proxy.arrived, { 'to-host': SAID.length, 'to-controller': SAID.length });
    socket.end();
    await once(socket, 'close');
    assert.deepEqual(atHost, ['end']);
  });

  for (const [fault, controller, host] of [
    ['rst', 'ECONNRESET', 'ECONNRESET'],
    ['fin', 'end', 'end'],
  ] as const)
    it(`lets both ends see the ${fault} after the byte that was chosen`, async () => {
      proxy.weather = cutAt(fault, 3);
      const socket = await opened();
      socket.write(SAID);
      assert.equal(await endOf(socket), `abc ${controller}`);
      while (atHost.length === 0) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(atHost, [host]);
    });

  it('turns over one bit', async () => {
    proxy.weather = cutAt('flip', 3);
    const socket = await opened();
    socket.write(SAID);
    assert.equal(await heard(socket, SAID.length), 'abceefgh');
    socket.destroy();
  });

  it('swallows all in a black hole, and tells nobody; another connection is none of it', async () => {
    proxy.weather = (connection) => (connection === 1 ? cutAt('black-hole', 3)() : {});
    const [dead, well] = [await opened(), await opened()];
    dead.write(SAID);
    assert.equal(await heard(dead, 3), 'abc');
    dead.write(SAID);
    well.write(SAID);
    assert.equal(await heard(well, SAID.length), SAID);
    assert.deepEqual([dead.bytesRead, dead.readableEnded, atHost], [3, false, []]);
    for (const socket of [dead, well]) socket.destroy();
  });

  it('lets the controller still speak after a half-close', async () => {
    const socket = createConnection({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    socket.write(SAID);
    await heard(socket, SAID.length);
    proxy.strike('half-close');
    assert.equal(await endOf(socket), ' end');
    socket.write(SAID);
    while (proxy.arrived['to-controller'] < 2 * SAID.length) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
  });
});

function cutAt(fault: Fault, at: number): () => ReturnType<FaultProxy['weather']> {
  return () => ({ cut: { direction: 'to-controller', at, fault } });
}

/** What it said before its end, and how it ended. */
function endOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  return new Promise((resolve) => {
    socket.once('end', () => resolve(`${text} end`));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(`${text} ${error.code}`));
  });
}
