import { onHost } from '../fleet/on-host.ts';
import type { FleetHost } from '../fleet/host.ts';

/** Its arguments have the kind and the mark, whatever becomes of its environment. */
const loop = (kind: string, mark: string): string => `sh -c 'trap "" TERM; while :; do sleep 1; done' ${kind}.${mark}`;

/** What a step may start and leave to run: each is a line of shell text that starts it in the background. */
export const SURVIVORS: Readonly<Record<string, (mark: string) => string>> = {
  ignoresTerm: (mark) => `${loop('ignoresTerm', mark)} &`,
  tree: (mark) => `sh -c 'sh -c "sh -c \\"sleep 60 & wait\\" tree.${mark} & wait" tree.${mark} & wait' tree.${mark} &`,
  doubleFork: (mark) => `(${loop('doubleFork', mark)} &)`,
  daemon: (mark) => `(setsid ${loop('daemon', mark)} </dev/null >/dev/null 2>&1 &)`,
  pipeline: (mark) => `sh -c 'sleep 60 | cat' pipeline.${mark} | cat &`,
  sudo: (mark) => `sudo -n ${loop('sudo', mark)} </dev/null &`,
  sudoDaemon: (mark) => `sudo -n sh -c 'setsid sh -c "sleep 60; :" sudoDaemon.${mark} </dev/null >/dev/null 2>&1 &' &`,
  sudoUser: (mark) => `sudo -n -u ops ${loop('sudoUser', mark)} </dev/null &`,
  su: (mark) => `su -s /bin/sh -c 'setsid sh -c "sleep 60; :" su.${mark}' ops </dev/null &`,
  stopped: (mark) => `sh -c 'kill -s STOP $$; sleep 60' stopped.${mark} &`,
  forking: (mark) => `sh -c 'while :; do (sleep 60 & sleep 60) & sleep 0.1; done' forking.${mark} &`,
  hopping: (mark) => `sh -c 'hop() { sleep 0.01; hop & }; hop' hopping.${mark} &`,
};

/** The processes of the host that a test has started, one a line with their state: by their arguments, and by what these wait in. */
export async function survivorsOf(host: FleetHost, mark: string): Promise<readonly string[]> {
  // As a pattern that does not match itself.
  const pattern = `${mark.slice(0, -1).replaceAll('.', '[.]')}[${mark.slice(-1)}]|slee[p] (60|1|0[.])`;
  const listed = await onHost(host, `ps -eo pid=,stat=,args= | grep -E -e '${pattern}' || true`);
  return listed.split('\n').filter((line) => line !== '' && !/^ *\d+ Z/.test(line));
}
