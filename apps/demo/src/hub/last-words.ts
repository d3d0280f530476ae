interface LogLine {
  msg?: string;
  err?: { message?: string };
}

/** What a program's log says at its end about why it ended: its last error, else its last line, on one line. */
export function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const plain = lines.map(wordsOf).filter(({ text }) => text !== '' && !isNoise(text));
  const telling = plain.findLast(({ bad }) => bad) ?? plain.at(-1);
  return telling === undefined ? 'it said nothing' : telling.text.slice(0, 300);
}

// pino's levels: 50 is an error. What is no JSON was written around the logger, which happens when there is none yet.
function wordsOf(line: string): { text: string; bad: boolean } {
  try {
    const { level, msg, err } = JSON.parse(line) as LogLine & { level?: number };
    return { text: [msg, err?.message].filter(Boolean).join(': '), bad: (level ?? 0) >= 50 };
  } catch {
    return { text: line.trim(), bad: /could not|\berror:|: (takes|is required) /i.test(line) };
  }
}

// Frames of a stack, dumps of an error's properties, and Node's own warnings.
function isNoise(text: string): boolean {
  return text.startsWith('at ') || text.startsWith('(') || /^[{}\]]/.test(text);
}
