import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { DevStackError } from './errors';

export type RedisReply = string | number | null | RedisReply[];

/**
 * Sends a few commands over a connection of their own and returns the replies. Enough to look after a server; the
 * programs under development bring their own client.
 */
export async function redisCommands(url: string, commands: string[][], { timeoutMs = 5_000 } = {}): Promise<RedisReply[]> {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const prologue: string[][] = [];
  if (password) prologue.push(['AUTH', ...(username ? [decodeURIComponent(username)] : []), decodeURIComponent(password)]);
  if (pathname.length > 1) prologue.push(['SELECT', pathname.slice(1)]);
  const all = [...prologue, ...commands];
  const target = { host: hostname, port: Number(port || 6379) };
  const socket = protocol === 'rediss:' ? connectTls({ ...target, servername: hostname }) : connectPlain(target);
  try {
    return (await exchange(socket, all, timeoutMs)).slice(prologue.length);
  } finally {
    socket.destroy();
  }
}

function exchange(socket: Socket, commands: string[][], timeoutMs: number): Promise<RedisReply[]> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new DevStackError('redis_command_failed', `Redis did not answer: ${reason}`));
    const replies: RedisReply[] = [];
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => fail(`nothing came in ${timeoutMs} ms`));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('the connection was closed'));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        for (let parsed = parseReply(received, 0); parsed !== null; parsed = parseReply(received, 0)) {
          replies.push(parsed.reply);
          received = received.subarray(parsed.end);
        }
      } catch (error) {
        reject(error);
      }
      if (replies.length >= commands.length) resolve(replies);
    });
    socket.write(commands.map(encodeCommand).join(''));
  });
}

function encodeCommand(command: string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

/** The reply that begins at `start` and where it ends; null while it is incomplete. */
function parseReply(buffer: Buffer, start: number): { reply: RedisReply; end: number } | null {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd === -1) return null;
  const kind = String.fromCharCode(buffer[start] ?? 0);
  const line = buffer.toString('utf8', start + 1, lineEnd);
  const bodyStart = lineEnd + 2;
  if (kind === '-') throw new DevStackError('redis_command_failed', `Redis refused a command: ${line}`);
  if (kind === '+') return { reply: line, end: bodyStart };
  if (kind === ':') return { reply: Number(line), end: bodyStart };
  const length = Number(line);
  if (length === -1) return { reply: null, end: bodyStart };
  if (kind === '$') {
    const end = bodyStart + length;
    return buffer.length < end + 2 ? null : { reply: buffer.toString('utf8', bodyStart, end), end: end + 2 };
  }
  const items: RedisReply[] = [];
  let end = bodyStart;
  for (let index = 0; index < length; index++) {
    const item = parseReply(buffer, end);
    if (item === null) return null;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
