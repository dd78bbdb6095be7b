import { err, type Result } from '../../src/util/result.ts';
import type { DemoHost, Tier } from './demo-host.ts';
import { unpackPackages, type Packages } from './packages.ts';
import { lacksTools } from './sandbox.ts';
import type { Scratch } from './scratch.ts';
import { openSshHost } from './ssh-host.ts';

/** Why a better tier was not taken. */
export interface Refusal {
  readonly tier: Tier;
  readonly why: string;
}

export interface Opened {
  readonly host: DemoHost | undefined;
  readonly refusals: readonly Refusal[];
}

const PROGRAMS = ['apache2', 'apache2-bin', 'apache2-data', 'openssh-server'];

/** Opens a host of the first of these tiers that works here. */
export async function openFirst(tiers: readonly Tier[], scratch: Scratch, signal: AbortSignal): Promise<Opened> {
  const refusals: Refusal[] = [];
  for (const tier of tiers) {
    const host = await open(tier, scratch, signal);
    if (host.ok) return { host: host.value, refusals };
    refusals.push({ tier, why: host.error });
    if (signal.aborted) break;
  }
  return { host: undefined, refusals };
}

async function open(tier: Tier, scratch: Scratch, signal: AbortSignal): Promise<Result<DemoHost, string>> {
  if (tier === 'c') return (await import('./simulated/open.ts')).openSimulatedHost(scratch, signal);
  const lacking = lacksTools();
  if (lacking !== undefined) return err(lacking);
  const isRoot = process.getuid?.() === 0;
  const able = isRoot ? (['root', 'range'] as const) : (['range'] as const);
  const packages = (folder: string): Promise<Result<Packages, string>> => unpackPackages(PROGRAMS, folder, signal);
  return openSshHost({ tier, kinds: tier === 'a' ? able : [...able, 'one'], scratch, signal, packages });
}
