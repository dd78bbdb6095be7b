import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_FORKS, MOST_FORKS } from '../model/configuration.ts';
import type { Share } from '../model/runbook.ts';
import { SCHEDULE_NAME } from '../model/schedule.ts';
import { readOutboundUrl } from '../util/outbound-url.ts';
import { parseDuration } from '../util/duration.ts';

/** An option with a text that may be given once and not be empty: the last of two, or of none, is a slip that must show. */
export function text(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, previous: string | undefined) => {
    if (previous !== undefined) throw new InvalidArgumentError('It is given twice.');
    if (value.trim() === '') throw new InvalidArgumentError('It is empty; an empty choice never means all.');
    return value;
  });
}

export const inventoryOption = (): Option =>
  new Option('-i, --inventory <source>', 'the hosts: a file, folder, program or web1,web2,; repeatable').argParser(
    collectTexts,
  );

export const vaultOption = (): Option =>
  new Option('--vault-password-file <file>', 'of ansible-vault, or ID@FILE; repeatable').argParser(collectTexts);

function collectTexts(value: string, previous: readonly string[] = []): readonly string[] {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.');
  return [...previous, value];
}

export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

export function percent(given: string): number {
  const number = /^\d{1,3}%$/.test(given) ? Number.parseInt(given, 10) : Number.NaN;
  if (number >= 1 && number <= 100) return number;
  throw new InvalidArgumentError('Give a percent from 1% to 100%.');
}

export function numberFrom(least: number, most: number): (text: string) => number {
  return (given) => {
    const number = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  };
}

/** Milliseconds. */
export function milliseconds(given: string): number {
  const duration = parseDuration(given);
  if (duration.ok && duration.value >= 1000) return duration.value;
  throw new InvalidArgumentError('Give a time from 1s on, such as 30s or 5m.');
}

export const lockWaitOption = (): Option =>
  new Option('--lock-wait <duration>', 'wait so long for hosts that another run has locked').argParser(milliseconds);

/** `3` or `25%`. */
export function share(given: string): Share {
  const [, number = '', sign = ''] = /^([1-9]\d{0,4})(%?)$/.exec(given.trim()) ?? [];
  if (sign === '%' && Number(number) <= 100) return { kind: 'percent', percent: Number(number) };
  if (sign === '' && number !== '') return { kind: 'hosts', hosts: Number(number) };
  throw new InvalidArgumentError('Give a number of hosts from 1, or a percent from 1% to 100%.');
}

export const shares = (given: string): readonly Share[] => given.split(',').map(share);

/** `a,b`; given twice, those of both. */
export function tags(given: string, previous: readonly string[] = []): readonly string[] {
  const names = given.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A tag is empty; write them with commas between.');
  return [...previous, ...names];
}

/** A name that a schedule can have. */
export function scheduleName(given: string): string {
  if (SCHEDULE_NAME.test(given)) return given;
  throw new InvalidArgumentError('A name has small letters, digits and -, and begins with a letter.');
}

/** Where a ping may go. */
export function pingUrl(given: string): string {
  const url = readOutboundUrl(given);
  if (url.ok) return given;
  throw new InvalidArgumentError(`It ${url.error}.`);
}

export const forksOption = (): Option =>
  new Option('--forks <count>', `hosts at once (default: ${DEFAULT_FORKS})`).argParser(numberFrom(1, MOST_FORKS));
