import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import ssh2 from 'ssh2';

/*
 * Logs in to 127.0.0.1 as root with a key, runs `true`, and ends with its status: whether an SSH server really lets people in
 * shows only here. `ssh-login.ts --client-key FILE`
 */
const LIMIT_MS = 10_000;

const { values } = parseArgs({ options: { 'client-key': { type: 'string' } } });
const client = new ssh2.Client();
client
  .on('error', (error) => fail(error.message))
  .on('ready', () =>
    client.exec('true', (error, channel) => {
      if (error !== undefined) return fail(error.message);
      channel.resume().on('close', (code: number | null) => (code === 0 ? client.end() : fail(`exit ${code}`)));
    }),
  )
  .connect({
    host: '127.0.0.1',
    username: 'root',
    privateKey: readFileSync(values['client-key'] ?? ''),
    readyTimeout: LIMIT_MS,
    // Nobody else can listen in this network; the program itself checks the key of the host.
    hostVerifier: () => true,
  });

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
  client.destroy();
}
