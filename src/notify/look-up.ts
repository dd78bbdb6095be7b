import type { LookupAddress } from 'node:dns';
import { execFile } from 'node:child_process';

const SCRIPT = `
require('node:dns').lookup(process.argv[1], { all: true }, (cause, found) => {
  process.stdout.write(JSON.stringify(cause ? { why: cause.code } : { found }));
});`;

type Said = { readonly found: readonly LookupAddress[] } | { readonly why: string };

/**
 * Addresses of a name, as the system tells every program (getaddrinfo). Rejects when there is none, and when `signal` is aborted. In
 * a process of its own, for the look-up itself cannot be cancelled: with a name server that is silent it keeps the process from its
 * end for ten seconds for each such server, `process.exit` or not.
 */
export function lookUp(name: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const options = { signal, killSignal: 'SIGKILL', env: {}, encoding: 'utf8' } as const;
    execFile(process.execPath, ['-e', SCRIPT, '--', name], options, (cause, stdout) => {
      if (cause !== null) return reject(cause);
      const said = JSON.parse(stdout) as Said;
      if ('found' in said) resolve(said.found);
      else reject(new Error(said.why));
    });
  });
}
