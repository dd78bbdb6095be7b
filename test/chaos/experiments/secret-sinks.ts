import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import { needlesOf } from '../../secrets/needles.ts';
import { ENDINGS, SecretRun } from '../../secrets/secret-run.ts';
import { letters, SHAPES } from '../../secrets/shapes.ts';
import type { Experiment } from '../experiment.ts';

/** Shorter ones are in other texts by chance, and no shell takes the other. */
const SHAPE_NAMES = Object.keys(SHAPES).filter((shape) => !/four characters|six characters/.test(shape));

/** A run whose steps print their secrets in many ways, ended in each way that runs end; then every file, page and process is searched. */
export const experiment: Experiment = {
  promise: 'no secret is shown, kept, or left on the host or in the arguments of a process, however a run ends',
  rounds: { inTests: 1, long: 96 },
  onHosts: true,
  prepare: async () => {
    const host = await startLightHost({ name: `secret${Math.random().toString(36).slice(2, 8)}` });
    return {
      round: async (random, round) => {
        const ending = ENDINGS[(round * 5) % ENDINGS.length] ?? 'repaired';
        const shape = random.pick(SHAPE_NAMES);
        const token = SHAPES[shape]?.(random) ?? '';
        const password = `pw'${letters(random, 12)}"$`;
        const rules = 'ops ALL=(ALL) ALL';
        await host.exec(
          `echo '${rules}' >/etc/sudoers.d/ops; printf '%s\\n' 'ops:${password.replaceAll("'", `'\\''`)}' | chpasswd`,
        );
        const run = new SecretRun(host, ending, { token, password });
        try {
          const needles = [token, password].flatMap((value) => needlesOf(value, random));
          const { sinks, hits } = await run.search(needles);
          assert.deepEqual(hits, [], `${shape}, ${ending}`);
          return { outputs: sinks };
        } finally {
          run.remove();
        }
      },
      end: () => host.stop(),
    };
  },
};
