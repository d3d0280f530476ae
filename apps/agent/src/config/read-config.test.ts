import { parseConfig } from './read-config';

const GOOD = `
hub:
  url: https://hub.example/erp
vendorId: vendor-1
erpType: Test
source:
  kind: csv
  folder: export
`;
const problemsOf = (text: string): string[] => {
  try {
    parseConfig(text, 'erp-agent.yaml');
    return [];
  } catch (error) {
    return [...(error as { problems: readonly string[] }).problems];
  }
};

it('fills in what is not said, and leaves the source to its connector', () => {
  expect(parseConfig(GOOD, 'f')).toMatchObject({
    push: { everySeconds: 30, fullAt: '03:00' },
    orders: { enabled: true, atOnce: 4 },
    heartbeat: { everySeconds: 20 },
    source: { kind: 'csv', folder: 'export' },
  });
});

it.each([
  ['an unknown setting', GOOD.replace('vendorId', 'vendorID'), /there is no setting "vendorID"/],
  [
    'a nested unknown setting',
    GOOD.replace('  folder', '  x: 1\n  folder').replace('hub:', 'push:\n  every: 3\nhub:'),
    /line 3: push: there is no setting "every"/,
  ],
  ['a wrong address', GOOD.replace('https://hub.example/erp', 'hub.example'), /line 3: hub\.url: must be an address such as/],
  ['another kind of source', GOOD.replace('kind: csv', 'kind: excel'), /line 7: source\.kind: /],
  ['a time that is none', `${GOOD}push: { fullAt: '25:00' }\n`, /line 9: push\.fullAt: must be a time of day/],
  ['text that is not YAML', `${GOOD}  - [`, /^line \d+: this is not YAML/],
  ['the same setting twice', `${GOOD}vendorId: other\n`, /^line \d+: this is not YAML/],
])('says where %s is', (_what, text, expected) => {
  expect(problemsOf(text).join('\n')).toMatch(expected);
});

it('names every fault at once', () => {
  expect(problemsOf('hub: {}\n').length).toBeGreaterThan(2);
});
