import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../support/random.ts';
import { skip } from '../support/skip.ts';
import { baseImage } from './base-image.ts';
import { fleetFolder, savedFleet } from './records.ts';
import { fleetProblem } from './requirements.ts';
import { execute } from './shell.ts';
import { traces } from './traces.ts';

const CLI = join(import.meta.dirname, 'cli.ts');
const NAME = `killed-${process.pid}`;
const KILLS = Number(process.env['FLEET_KILLS'] ?? 8);
const seed = Number(process.env['FLEET_SEED'] ?? Date.now() % 1_000_000);

/** Set FLEET_KILLS for more of it. */
describe('A fleet whose up or down is killed', function () {
  this.timeout(60_000 + KILLS * 10_000);

  before(async function () {
    const problem = fleetProblem();
    if (problem !== undefined) skip(this, problem);
    await baseImage();
  });

  it(`leaves nothing once it is taken down, whichever process was killed when (seed ${seed})`, async () => {
    const random = new Random(seed);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const kind = random.pick(['light', 'full']);
      const command = kill % 2 === 0 ? ['up', '2', kind] : ['down'];
      if (command[0] === 'down') assert.equal((await cli('up', '2', kind)).code, 0);
      const seen = new Set([savedFleet(NAME)?.bridge]);
      const child = spawn(process.execPath, [CLI, '--fleet', NAME, ...command], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      await pause(random.between(80, command[0] === 'down' ? 400 : 1200));
      seen.add(savedFleet(NAME)?.bridge);
      const victim = await killOne(child, random);
      await ended;
      seen.add(savedFleet(NAME)?.bridge);
      await cli('down');
      for (const bridge of seen)
        if (bridge !== undefined) assert.equal(await traces(bridge), '', `${command.join(' ')}, ${victim} killed`);
      assert.equal(existsSync(fleetFolder(NAME)), false, `${command.join(' ')}, ${victim} killed`);
    }
  });
});

function cli(...words: readonly string[]) {
  return execute(process.execPath, [CLI, '--fleet', NAME, ...words]);
}

/** The program itself, or one that it started at this moment; returns what it was. */
async function killOne(child: ChildProcess, random: Random): Promise<string> {
  const { stdout } = await execute('ps', ['-e', '-o', 'pid=,ppid=,comm=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const below = (pid: string): string[][] =>
    rows.filter(([, parent]) => parent === pid).flatMap((row) => [row, ...below(row[0] ?? '')]);
  const all = [[`${child.pid}`, '', 'the program'], ...below(`${child.pid}`)];
  const [pid = '', , name = ''] = random.pick(all);
  await execute('kill', ['-KILL', pid]);
  if (random.chance(50)) child.kill('SIGKILL');
  return name;
}
