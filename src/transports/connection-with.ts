import type { Connection } from '../model/transport.ts';

/** The same connection, but for what is given. */
export function connectionWith(connection: Connection, instead: Partial<Connection>): Connection {
  const { facts, chosen, hostKey, learned } = connection;
  return {
    facts,
    ...(chosen !== undefined && { chosen }),
    ...(hostKey !== undefined && { hostKey }),
    ...(learned !== undefined && { learned }),
    read: (request, signal) => connection.read(request, signal),
    change: (request, signal) => connection.change(request, signal),
    lock: (note, signal, awaits) => connection.lock(note, signal, awaits),
    settle: (request, signal) => connection.settle(request, signal),
    dial: (address, port, signal) => connection.dial(address, port, signal),
    close: (claims) => connection.close(claims),
    ...instead,
  };
}
