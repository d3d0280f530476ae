import { ArgumentsError, DEFAULT_ROWS, readArguments } from './arguments';

describe('readArguments', () => {
  it('pushes the whole generated catalogue and stays up when nothing is said', () => {
    expect(readArguments([])).toEqual({ once: false, help: false, data: null, rows: DEFAULT_ROWS });
  });

  it('takes all that it says it takes', () => {
    expect(readArguments(['--once', '--rows', '300'])).toMatchObject({ once: true, rows: 300 });
    expect(readArguments(['--data=./export'])).toMatchObject({ data: './export' });
    expect(readArguments(['-h'])).toMatchObject({ help: true });
  });

  it.each([
    [['--onc'], /--onc.*takes --once, --data FOLDER/],
    [['now'], /now.*takes --once/],
    [['--data'], /--data.*takes --once/],
    [['--data='], /--data takes a folder/],
    [['--rows', '0'], /--rows takes a number from 1 to 1,000,000/],
    [['--rows', '1e3'], /--rows takes a number/],
    [['--rows', '5', '--data', 'x'], /does not go with --data/],
  ])('refuses %j in one line', (args, message) => {
    expect(() => readArguments(args)).toThrow(ArgumentsError);
    expect(() => readArguments(args)).toThrow(message);
    try {
      readArguments(args);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});
