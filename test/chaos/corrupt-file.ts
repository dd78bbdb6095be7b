import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Random } from '../support/random.ts';

const PAGE = 4096;
const HEADER = 100;

/** One way to harm a file, `bytes` of which there are. */
type Harm = (file: string, bytes: Buffer, random: Random) => void;

const changed =
  (change: (bytes: Buffer, random: Random) => void): Harm =>
  (file, bytes, random) => {
    if (bytes.length === 0) return;
    change(bytes, random);
    writeFileSync(file, bytes);
  };

const pageOf = (bytes: Buffer, random: Random): Buffer => {
  const at = PAGE * random.below(Math.max(1, Math.floor(bytes.length / PAGE)));
  return bytes.subarray(at, at + PAGE);
};

const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));

/** By name. */
export const HARMS: Readonly<Record<string, Harm>> = {
  'cut anywhere': (file, bytes, random) => truncateSync(file, random.below(bytes.length + 1)),
  'cut at a page': (file, bytes, random) => truncateSync(file, PAGE * random.below(Math.ceil(bytes.length / PAGE) + 1)),
  'a zeroed page': changed((bytes, random) => pageOf(bytes, random).fill(0)),
  'a page of noise': changed((bytes, random) => {
    const page = pageOf(bytes, random);
    noise(random, page.length).copy(page);
  }),
  'one byte': changed((bytes, random) => {
    bytes[random.below(bytes.length)] = random.below(256);
  }),
  'many bits': changed((bytes, random) => {
    for (let flips = random.between(2, 100); flips > 0; flips -= 1) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
  }),
  'a byte of the header': changed((bytes, random) => {
    bytes[random.below(Math.min(HEADER, bytes.length))] = random.below(256);
  }),
  'two pages exchanged': changed((bytes, random) => {
    const [first, second] = [pageOf(bytes, random), pageOf(bytes, random)];
    const kept = Buffer.from(first);
    second.copy(first);
    kept.copy(second);
  }),
  'a page from elsewhere': changed((bytes, random) => pageOf(bytes, random).copy(pageOf(bytes, random))),
  'noise at its end': (file, _bytes, random) => appendFileSync(file, noise(random, random.between(1, 3 * PAGE))),
  'only noise': (file, _bytes, random) => writeFileSync(file, noise(random, random.between(1, 3 * PAGE))),
  'a text': (file) => writeFileSync(file, 'this is no database\n'.repeat(300)),
  'nothing in it': (file) => truncateSync(file, 0),
  'a folder': (file) => {
    rmSync(file);
    mkdirSync(file);
  },
  'a pipe': (file) => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
  },
  'not there': (file) => rmSync(file),
};

/** Harms the file in the way of this name. */
export function harm(file: string, name: string, random: Random): void {
  HARMS[name]?.(file, readFileSync(file), random);
}
