import { isCancel, password, text } from '@clack/prompts';

/** Something that has to be known. */
export interface Question {
  /** The option that gives it where nobody can be asked. */
  name: string;
  message: string;
  given: string | undefined;
  /** Not shown while it is typed. */
  secret?: boolean;
  /** What is wrong with an answer, in words that say what to do. */
  check: (answer: string) => string | undefined | Promise<string | undefined>;
}

/** What was given, or would have to be, is not right. */
export class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AnswerError';
  }
}

/**
 * The answer that was given as an option, or else asked for on the terminal until it is right.
 * @throws AnswerError when an option is not right, or there is no terminal to ask on, or the person gives up
 */
export async function askFor({ name, message, given, secret = false, check }: Question, signal: AbortSignal): Promise<string> {
  if (given !== undefined) {
    const problem = await check(given.trim());
    if (problem !== undefined) throw new AnswerError(`${name}: ${problem}`);
    return given.trim();
  }
  if (!process.stdin.isTTY) throw new AnswerError(`${name} is missing: ${message}.`);
  for (let problem: string | undefined; ;) {
    const answer = await (secret ? password : text)({ message: problem === undefined ? message : `${problem}\n${message}`, signal });
    if (isCancel(answer)) throw new AnswerError('Nothing was changed.');
    problem = await check(answer.trim());
    if (problem === undefined) return answer.trim();
  }
}
