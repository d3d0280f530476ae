import { lastWords } from './last-words';

it('finds the error of a hub that did not start', () => {
  const log = 'The hub could not start: Error: connect ECONNREFUSED 127.0.0.1:1\n    at Socket (node:net:1)\n    at x\n';
  expect(lastWords(log)).toBe('The hub could not start: Error: connect ECONNREFUSED 127.0.0.1:1');
  expect(lastWords('PORT: takes a port number\n')).toBe('PORT: takes a port number');
  expect(lastWords('{"level":30,"msg":"listening"}\n(node:1) Warning: an errorHandler is overridden\n')).toBe('listening');
});

it('finds the last error among lines of JSON', () => {
  const log = [
    '{"level":30,"msg":"hub is up"}',
    '{"level":50,"msg":"request failed","err":{"message":"boom"}}',
    '{"level":30,"msg":"stopped"}',
  ];
  expect(lastWords(log.join('\n'))).toBe('request failed: boom');
});

it('has something to say of any log', () => {
  expect(lastWords('{"level":30,"msg":"hub is up"}\n')).toBe('hub is up');
  expect(lastWords('')).toBe('it said nothing');
});
