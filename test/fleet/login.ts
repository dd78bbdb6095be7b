import { Client } from 'ssh2';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { FleetHost } from './host.ts';

/** Runs one command over ssh as `user` with the fleet's key. Refuses a host whose key is not the one on file. */
export async function logIn(host: FleetHost, user: string, command: string): Promise<string> {
  const [, , hostKey] = host.knownHostsLine.split(' ');
  const client = new Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client
        .once('ready', resolve)
        .once('error', reject)
        .connect({
          host: host.address,
          port: host.port,
          username: user,
          privateKey: readFileSync(host.rootKeyFile),
          algorithms: { serverHostKey: ['ssh-ed25519'] },
          hostVerifier: (key: Buffer) => key.toString('base64') === hostKey,
        });
    });
    return await new Promise<string>((resolve, reject) => {
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(text(channel))));
    });
  } finally {
    client.end();
  }
}
