import { saidByHost } from './said-by-host.ts';

export interface AskedPrompt {
  readonly prompt: string;
  /** What is typed may be seen. */
  readonly echo?: boolean;
}

/** How PAM asks for a password in the languages that its own messages are translated to, where servers are found. */
const PASSWORD =
  /pass ?(word|wort|phrase)|passwort|kennwort|parola|şifre|mot de passe|contraseña|clave|senha|palavra|wachtwoord|hasło|heslo|lösenord|passord|adgangskode|salasana|jelszó|пароль|парола|密码|密碼|パスワード|암호/i;
/** What else is asked for in hidden prompts; the login password must not be said to it. */
const OTHER =
  /new|old|current|again|retype|expired|one.?time|otp|token|code|pin\b|passcode|verification|factor|neues|altes|aktuelles|yeni|nouveau|nueva/i;

/** Who asks for a password is brief. */
const LONGEST = 1000;

/** `password`: exactly one prompt, hidden, that asks for the password one logs in with. Else what it asks for, in its own words. */
export function whatIsAsked(prompts: readonly AskedPrompt[]): 'password' | { readonly other: string } {
  const [first] = prompts;
  const words = prompts.map(({ prompt }) => prompt.trim()).join(' / ');
  const isPassword = first !== undefined && prompts.length === 1 && first.echo !== true && words.length <= LONGEST;
  return isPassword && PASSWORD.test(words) && !OTHER.test(words) ? 'password' : { other: saidByHost(words) };
}

/** Does it want another password than the one that was given? */
export const wantsNewPassword = (words: string): boolean =>
  /new|change|expired|current|neues|yeni|nouveau|nueva/i.test(words);
