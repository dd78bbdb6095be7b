import { openTransports as open } from '../../../src/app/transports.ts';
import type { Host } from '../../../src/model/host.ts';
import type { Transport } from '../../../src/model/transport.ts';
import { ok } from '../../../src/util/result.ts';
import { crashing } from './point.ts';

export * from '../../../src/app/transports.ts';

/** In place of the real one, around it. */
export async function openTransports(hosts: readonly Host[]): Promise<(host: Host) => Transport> {
  const transportOf = await open(hosts);
  return (host) => around(transportOf(host));
}

function around(transport: Transport): Transport {
  const connecting: Transport = {
    connect: async (...args) => {
      const connected = await transport.connect(...args);
      if (!connected.ok) return connected;
      return ok(crashing(connected.value, ['lock', 'read', 'change', 'settle', 'close']));
    },
  };
  return crashing(connecting, ['connect']);
}
