import { gzipSync } from 'node:zlib';
import type { ReplyBody } from './agent-transport';
import { BodyReader, MOST_REPLY_BYTES } from './read-body';

/** Reads a body that arrives in these pieces; waits when the reader asks for it. */
function read(encoding: string | undefined, pieces: readonly Buffer[], end = true): Promise<{ body: ReplyBody; taken: number }> {
  return new Promise((resolve) => {
    const state = { taken: 0, waits: false, finished: false };
    const source = {
      pause: () => (state.waits = true),
      resume: () => {
        state.waits = false;
        push();
      },
    };
    const reader = new BodyReader(encoding, source, (body) => {
      state.finished = true;
      resolve({ body, taken: state.taken });
    });
    const push = () => {
      for (const piece of pieces.slice(state.taken)) {
        if (state.waits || state.finished) return;
        state.taken++;
        reader.write(piece);
      }
      if (end) reader.end();
    };
    push();
  });
}
const bodyOf = async (text: string | Buffer, encoding?: string) => (await read(encoding, [Buffer.from(text)])).body;
const json = '{"known":false,"é":"🍣"}';
const value = JSON.parse(json) as unknown;

it('reads JSON, plain and gzipped, however it is cut', async () => {
  expect(await bodyOf(json)).toEqual({ json: value });
  expect(await bodyOf(`\ufeff${json}`)).toEqual({ json: value });
  const bytewise = (whole: Buffer) => Array.from(whole, (byte) => Buffer.from([byte]));
  expect((await read(undefined, bytewise(Buffer.from(json)))).body).toEqual({ json: value });
  for (const encoding of ['gzip', 'GZIP', 'x-gzip', ' gzip ']) {
    expect((await read(encoding, bytewise(gzipSync(json)))).body).toEqual({ json: value });
  }
});

it.each<[string, string | Buffer, string | undefined]>([
  ['nothing', '', undefined],
  ['a page', '<html></html>', undefined],
  ['half of it', '{"known":', undefined],
  ['text that is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined],
  ['plain text said to be gzip', json, 'gzip'],
  ['half of a gzip', gzipSync(json).subarray(0, 20), 'gzip'],
  ['an encoding that was not asked for', gzipSync(json), 'br'],
  ['gzip twice', gzipSync(gzipSync(json)), 'gzip, gzip'],
])('%s is no JSON', async (_, content, encoding) => expect(await bodyOf(content, encoding)).toEqual({ fault: 'not_json' }));

it('takes 10 MiB and not a byte more, without waiting for the end', async () => {
  const text = Buffer.from(`"${'x'.repeat(MOST_REPLY_BYTES - 2)}"`);
  expect(await read(undefined, [text])).toMatchObject({ body: { json: expect.any(String) } });
  expect(await read('gzip', [gzipSync(text)])).toMatchObject({ body: { json: expect.any(String) } });
  const [more, endless] = [Buffer.concat([text, Buffer.from(' ')]), Array.from({ length: 1000 }, () => Buffer.alloc(64 * 1024))];
  expect((await read(undefined, [more], false)).body).toEqual({ fault: 'too_large' });
  expect((await read('gzip', [gzipSync(more)], false)).body).toEqual({ fault: 'too_large' });
  expect(await read(undefined, endless, false)).toEqual({ body: { fault: 'too_large' }, taken: 161 });
});

it('stops inflating a bomb soon after its 10 MiB', async () => {
  // 8 KiB give 8 MiB.
  const member = gzipSync(Buffer.alloc((8 * MOST_REPLY_BYTES) / 10));
  const { body, taken } = await read(
    'gzip',
    Array.from({ length: 1000 }, () => member),
    false,
  );
  expect(body).toEqual({ fault: 'too_large' });
  expect(taken).toBeLessThan(20);
});

it('counts what arrives, too: gzip that inflates to nothing is not read for ever', async () => {
  const member = gzipSync('');
  const nothing = Buffer.concat(Array.from({ length: 3277 }, () => member)); // 65,540 bytes
  const { body, taken } = await read(
    'gzip',
    Array.from({ length: 1000 }, () => nothing),
    false,
  );
  expect(body).toEqual({ fault: 'too_large' });
  expect(taken).toBe(160);
});
