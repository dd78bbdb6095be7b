import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 25;

/** Keeps what all processes of this machine, those of its hosts too, have as arguments and in their environments. */
export class ProcessSampler {
  readonly #seen = new Set<string>();
  readonly #timer = setInterval(() => this.#look(), EVERY_MS);

  /** Ends it. Without the variables of that name: of a step that was given one, and of what it starts. */
  stop(butNot: string): Buffer {
    clearInterval(this.#timer);
    return Buffer.from([...this.#seen].filter((entry) => !entry.startsWith(`${butNot}=`)).join('\0'), 'latin1');
  }

  #look(): void {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      for (const file of ['cmdline', 'environ']) {
        try {
          for (const entry of readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0')) this.#seen.add(entry);
        } catch {
          break; // it has ended
        }
      }
    }
  }
}
