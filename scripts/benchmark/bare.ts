import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, type ClientChannel } from 'ssh2';
import type { FleetHost } from '../../test/fleet/host.ts';
import { READINGS } from './readings.ts';

/** The floor: no engine, no record, no promises. One connection and one shell a host, fed line by line. */
export async function readBare(hosts: readonly FleetHost[]): Promise<void> {
  await Promise.all(hosts.map(readHost));
}

async function readHost(host: FleetHost): Promise<void> {
  const client = await connect(host);
  const shell = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec('exec /bin/sh', (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
  for (const text of READINGS) await ask(shell, text);
  await new Promise<void>((resolve) => {
    client.once('close', resolve);
    client.end();
  });
}

function connect(host: FleetHost): Promise<Client> {
  const [, , hostKey] = host.knownHostsLine.split(' ');
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('ready', () => {
      client.setNoDelay(true);
      resolve(client);
    });
    client.connect({
      host: host.address,
      port: host.port,
      username: 'root',
      privateKey: readFileSync(host.rootKeyFile),
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => key.toString('base64') === hostKey,
    });
  });
}

function ask(shell: ClientChannel, text: string): Promise<string> {
  const nonce = randomBytes(16).toString('hex');
  return new Promise((resolve, reject) => {
    let said = '';
    const take = (chunk: Buffer): void => {
      said += chunk.toString();
      const end = said.indexOf(`${nonce} 0\n`);
      if (end < 0) return;
      shell.off('data', take).off('close', lost);
      resolve(said.slice(0, end));
    };
    const lost = (): void => reject(new Error(`the shell ended in: ${text}`));
    shell.on('data', take).once('close', lost);
    shell.write(`${text}\necho ${nonce} $?\n`);
  });
}
