import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { selectHosts } from '../../src/plan/select-hosts.ts';
import { err } from '../../src/util/result.ts';
import { sha256 } from '../../src/util/sha256.ts';
import type { Answer, Answers, Selected } from './answers.ts';
import { generateInventory, type GeneratedInventory } from './generated-inventory.ts';
import { generatePatterns, type GeneratedPattern } from './generated-patterns.ts';
import { meantRefusal } from './meant-patterns.ts';
import { ODD_INVENTORIES, VAULT_PASSWORD } from './odd-inventories.ts';
import { asAnsible, asOurs, type Understood } from './understood.ts';
import { writeInventory } from './written.ts';

/** One inventory, and patterns to choose hosts of it with. */
export interface Case {
  readonly title: string;
  readonly inventory: GeneratedInventory;
  readonly patterns: readonly GeneratedPattern[];
}

/** What is said about a case: the inventory, and the hosts of each pattern in their order, or `refused`. */
export interface Said {
  readonly inventory: Understood;
  readonly patterns: readonly string[];
}

export const GENERATED_CASES = 1000;
const PATTERNS_EACH = 5;

export function generatedCase(seed: number): Case {
  const inventory = generateInventory(seed);
  return { title: `seed ${seed}`, inventory, patterns: generatePatterns(seed, PATTERNS_EACH, inventory) };
}

export const ODD_CASES: readonly Case[] = Object.entries(ODD_INVENTORIES).map(([title, inventory]) => ({
  title,
  inventory,
  patterns: [],
}));

/** What we say, and with `answers` what Ansible says, its meant differences taken for ours. */
export async function compare(
  { inventory: files, patterns }: Case,
  answers?: Answers,
): Promise<{ readonly ours: Said; readonly theirs?: Said }> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-ansible-'));
  try {
    const sources = writeInventory(files, folder);
    const asked = answers?.ask({ sources, patterns, vaultPassword: VAULT_PASSWORD });
    const passwordFile = join(folder, '.vault-password');
    writeFileSync(passwordFile, VAULT_PASSWORD, { mode: 0o600 });
    const loaded = await loadInventory({
      sources,
      login: { name: 'me', home: '/home/me' },
      vaultPasswords: [{ id: 'default', file: passwordFile }],
    });
    const ours = {
      inventory: await asOurs(loaded, folder),
      patterns: patterns.map((pattern) => select(loaded.inventory, pattern)),
    };
    const answer = await asked;
    return answer === undefined ? { ours } : { ours, theirs: saidByAnsible(answer, patterns, folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function saidByAnsible(answer: Answer, patterns: readonly GeneratedPattern[], folder: string): Said {
  if (answer.error !== undefined || answer.hosts.length === 0)
    return { inventory: 'refused', patterns: patterns.map(() => 'refused') };
  const expected = (pattern: GeneratedPattern, selected: Selected | undefined): string =>
    selected?.error !== undefined || selected === undefined || meantRefusal(pattern, selected) !== undefined
      ? 'refused'
      : selected.hosts.join(' ');
  return {
    inventory: asAnsible(answer, folder),
    patterns: patterns.map((pattern, index) => expected(pattern, answer.patterns[index])),
  };
}

function select(inventory: Inventory | undefined, [pattern, limit]: GeneratedPattern): string {
  if (inventory === undefined) return 'refused';
  const noFile = () => err({ code: 'usage', message: 'there is no file' } as const);
  const selected = selectHosts(inventory, { pattern, limit: limit ?? undefined }, noFile);
  return selected.ok ? selected.value.map(({ name }) => name).join(' ') : 'refused';
}

/** Short enough to keep thousands of them. */
export const digestOf = (said: unknown): string => sha256(JSON.stringify(said)).slice(0, 12);
