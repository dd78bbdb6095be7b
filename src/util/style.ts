import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'accent';

const FORMATS = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold', accent: 'cyan' } as const;

/** Colours text, or not. */
export type Style = (tone: Tone, text: string) => string;

export const PLAIN: Style = (_tone, text) => text;

export const COLOURED: Style = (tone, text) => styleText(FORMATS[tone], text, { validateStream: false });

/** Colours only for a terminal, and not when `NO_COLOR` is set to anything or `TERM` is `dumb` (no-color.org). */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  const wanted = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return wanted ? COLOURED : PLAIN;
}
