import type { KeyObject } from 'node:crypto';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { err, type Result } from '../../util/result.ts';
import type { Secret } from '../../util/secret.ts';

/** Beside this file: .ts in a checkout, .js in a package. */
const WORKER = new URL(`./key-decrypt-worker${extname(import.meta.filename)}`, import.meta.url);

/**
 * Decrypts a private key in a thread of its own: a key derivation takes half a second and more, and every open connection would
 * stand still meanwhile. The passphrase goes there in memory only. An error: it is wrong, or the file is damaged.
 */
export function decryptKey(text: string, passphrase: Secret): Promise<Result<KeyObject, string>> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, { env: {}, argv: [], execArgv: [] });
    worker.once('message', (answer: Result<KeyObject, string>) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once('error', (error: Error) => resolve(err(error.message)));
    worker.once('exit', () => resolve(err('its thread ended without an answer')));
    worker.postMessage({ text, passphrase: passphrase.reveal() }, []);
  });
}
