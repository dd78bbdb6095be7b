import type { Answer } from '../../model/action.ts';
import type { CommandResult, Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { decodeBody, MAX_BODY, noAnswer, type HttpAnswer, type HttpRequest } from './http-exchange.ts';
import { lastLine } from './failure.ts';

/*
 * For hosts that refuse forwarding. Everything that could hold a credential goes to curl through its standard input, for the
 * arguments of a process are for everybody to see; wget has no such way and is used for requests without headers and body.
 * The answer comes on stdout; stderr ends with the name and the exit code of the program.
 */
const TEXT = `
limit=$((${MAX_BODY} + 131072))
if command -v curl >/dev/null 2>&1; then
  { printf %s "$runbook_curl" | curl -q -K -; printf '\\n@curl %s\\n' "$?" >&2; } | head -c "$limit"
elif command -v wget >/dev/null 2>&1 && [ -n "$runbook_wget" ]; then
  unset http_proxy https_proxy
  # BusyBox has no such options: it follows redirects by itself, and the deadline of the step ends it.
  ! wget --help 2>&1 | grep -q max-redirect || set -- --max-redirect=0 -T "$runbook_seconds" "$@"
  set -- wget -q -S -O - "$@"
  { "$@" "$runbook_wget"; printf '\\n@wget %s\\n' "$?" >&2; } | head -c "$limit"
else
  printf '\\n@none 0\\n' >&2
fi
`;

/** The request as a script. */
export function httpScript(sent: HttpRequest, timeoutMs: number): Script {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  const plain = sent.method === 'GET' && sent.body === undefined && Object.keys(sent.headers).length === 0;
  return {
    summary: `${sent.method} ${sent.url.href}`,
    text: TEXT,
    variables: {
      runbook_curl: curlConfig(sent, seconds),
      runbook_wget: plain ? sent.url.href : '',
      runbook_seconds: String(seconds),
    },
    args: sent.tlsVerify ? [] : ['--no-check-certificate'],
    timeoutMs: timeoutMs + 2000,
  };
}

function curlConfig(sent: HttpRequest, seconds: number): string {
  const lines = [
    'silent',
    'show-error',
    'include',
    'globoff',
    'noproxy = "*"',
    'proto = "=http,https"',
    `max-time = "${seconds}"`,
    `url = ${quoted(sent.url.href)}`,
    'user-agent = "runbook"',
  ];
  if (!sent.tlsVerify) lines.push('insecure');
  if (sent.method === 'HEAD') lines.push('head');
  else lines.push(`request = "${sent.method}"`);
  for (const [name, value] of Object.entries(sent.headers)) lines.push(`header = ${quoted(`${name}: ${value}`)}`);
  // The option that every curl has takes a leading @ as the name of a file.
  if (sent.body !== undefined)
    lines.push(`${sent.body.startsWith('@') ? 'data-raw' : 'data-binary'} = ${quoted(sent.body)}`);
  return `${lines.join('\n')}\n`;
}

/** As curl(1) reads a quoted word of its configuration. */
function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' };
  return `"${text.replace(/["\\]/g, String.raw`\$&`).replace(/[\n\r\t\v]/g, (control) => escapes[control] ?? '')}"`;
}

/** An error is why the host could not be used for looking. */
export function readHttpScript(result: CommandResult): Result<HttpAnswer, string> {
  if (result.end.how === 'timeout') return ok(noAnswer('no answer in time'));
  if (result.end.how !== 'exit') return err(`the script ended by ${result.end.how}`);
  const [, program, code] = /\n@(curl|wget|none) (\d+)\n*$/.exec(result.stderr.text) ?? [];
  const complaint = result.stderr.text.replace(/\n@[a-z]+ \d+\n*$/, '');
  if (program === 'curl') return readCurl(Number(code), result.stdout.text, complaint);
  if (program === 'wget') return readWget(result, complaint);
  if (program === 'none') return err('forwarding is refused and the host has no curl and no wget that can do it');
  return err(`unexpected output: ${lastLine(result.stderr.text)}`);
}

const CURL_CANNOT: ReadonlySet<number> = new Set([1, 2, 3, 4, 26, 27, 43, 126, 127]);
const CURL_WROTE_ALL = 0;
const CURL_OUTPUT_CUT = 23;

function readCurl(code: number, stdout: string, complaint: string): Result<HttpAnswer, string> {
  const words = lastLine(complaint).replace(/^curl: \(\d+\) /, '');
  if (CURL_CANNOT.has(code)) return err(`curl on the host: ${words}`);
  const answer = readRawAnswer(stdout);
  if (answer === undefined) return ok(noAnswer(words === '' ? 'the answer is not HTTP' : words));
  const complete = code === CURL_WROTE_ALL || code === CURL_OUTPUT_CUT;
  return ok(complete ? answer : { ...answer, error: `the body is not complete: ${words}` });
}

/** Status line, headers, empty line, body; interim answers (1xx) and those of a proxy come before it in the same form. */
function readRawAnswer(text: string): HttpAnswer | undefined {
  let rest = text;
  for (;;) {
    const head = /^HTTP\/\d(?:\.\d)? (\d{3})[^\n]*\n((?:[^\r\n][^\n]*\n)*)\r?\n/.exec(rest);
    if (head === null) return undefined;
    const [whole, code = '', lines = ''] = head;
    rest = rest.slice(whole.length);
    if (!code.startsWith('1')) return { code: Number(code), error: '', headers: readHeaders(lines), body: cut(rest) };
  }
}

/** wget says status and headers on stderr, indented, one block for each answer; BusyBox says only the status of a failure. */
function readWget({ stdout }: Answer | CommandResult, complaint: string): Result<HttpAnswer, string> {
  const refused = /server returned error: HTTP\/\d\.\d (\d{3})/.exec(complaint)?.[1];
  const block = complaint.split(/^ *HTTP\/\d(?:\.\d)? /m).at(-1) ?? '';
  const code = complaint === block ? refused : /^(\d{3})/.exec(block)?.[1];
  if (code !== undefined)
    return ok({ code: Number(code), error: '', headers: readHeaders(block), body: cut(stdout.text) });
  return ok(noAnswer(lastLine(complaint).replace(/^wget: /, '') || 'no answer'));
}

function readHeaders(lines: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of lines.split('\n')) {
    const [, name, value] = /^ *([A-Za-z0-9!#$%&'*+.^_`|~-]+): *(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    const before = Object.hasOwn(headers, key) ? `${headers[key]}, ` : '';
    headers[key] = `${before}${value.trimEnd()}`;
  }
  return headers;
}

function cut(text: string): string {
  return decodeBody(Buffer.from(text));
}
