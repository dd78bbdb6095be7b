import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, GENERATED_CASES, generatedCase, ODD_CASES, type Case, type Said } from './cases.ts';

/** What Ansible said about all cases, as digests: for machines without Debian's package, and to compare all of them fast. */
export interface AnsibleRecord {
  /** Of all inventories and patterns: with others the rest means nothing. */
  readonly cases: string;
  /** By the title of the case: the inventory, then each pattern. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

const FILE = join(import.meta.dirname, 'answers.json');

export function allCases(): readonly Case[] {
  return [...ODD_CASES, ...Array.from({ length: GENERATED_CASES }, (_, index) => generatedCase(index + 1))];
}

export const digestsOf = ({ inventory, patterns }: Said): readonly string[] => [inventory, ...patterns].map(digestOf);

export const readRecord = (): AnsibleRecord => JSON.parse(readFileSync(FILE, 'utf8')) as AnsibleRecord;

export function writeRecord(cases: readonly Case[], answers: ReadonlyMap<string, readonly string[]>): void {
  const record: AnsibleRecord = { cases: digestOf(cases), answers: Object.fromEntries(answers) };
  const lines = Object.entries(record.answers).map(
    ([title, digests]) => `${JSON.stringify(title)}:${JSON.stringify(digests)}`,
  );
  writeFileSync(FILE, `{"cases":${JSON.stringify(record.cases)},"answers":{\n${lines.join(',\n')}\n}}\n`);
}
