import type { Notification } from '../model/notification.ts';
import { shorten } from '../util/shorten.ts';
import { inWords } from './told.ts';

/** Of a section's text; a header has 150, and a title is shorter. */
const LONGEST_TEXT = 2800;

/**
 * Pure: the notification as Slack's incoming webhooks take it. Others that are compatible show `text` and know no blocks. What hosts
 * and people wrote is shown as it is: it mentions nobody and links nowhere.
 */
export function slackMessage(notification: Notification): string {
  const { title, lines, command } = inWords(notification);
  const body = shortenEscaped(escaped(lines.join('\n')), LONGEST_TEXT);
  const more = escaped(command);
  return JSON.stringify({
    text: `${unmentioned(escaped(title))}\n${fenced(body)}\n${fenced(more)}`,
    blocks: [
      { type: 'header', text: plain(shortenEscaped(escaped(title), 150)) },
      { type: 'section', text: plain(body) },
      { type: 'context', elements: [plain(more)] },
    ],
  });
}

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false }) as const;

/** As Slack has it: these three, and no others. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Not in the middle of an escape. */
const shortenEscaped = (text: string, longest: number): string =>
  text.length <= longest ? text : shorten(text.slice(0, longest - 8).replace(/&[a-z]*$/, '') + '…', longest);

/** Inside a fence no sign has a meaning but the fence's own. */
const fenced = (text: string): string => `\`\`\`\n${text.replaceAll('`', "'")}\n\`\`\``;

/** The zero-width space keeps `@channel` from being one. */
const unmentioned = (text: string): string => text.replaceAll('@', '@\u200b').replaceAll(/[`*_~[\]]/g, "'");
