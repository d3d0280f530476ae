import { BlockList, isIP, isIPv4 } from 'node:net';
import { readAllowed, readNetwork, type Network } from '../../../config/network-lists';

const NEVER = networks([
  '0.0.0.0/8', // "this network": reaches the machine itself
  '169.254.0.0/16', // link-local, metadata of most clouds
  '100.100.100.200', // metadata of Alibaba Cloud
  '168.63.129.16', // the virtual host of Azure
  '192.0.0.192', // metadata of Oracle Cloud
  '224.0.0.0/4',
  '240.0.0.0/4', // reserved, and broadcast
  '::',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32', // metadata of AWS
  'fd20:ce::/32', // metadata of Google Cloud
]);
const INTERNAL = networks([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::1',
  'fc00::/7',
  'fec0::/10',
]);

/** The hosts and CIDRs of AGENT_URL_ALLOW: what an agent may have although it is internal, or spoken to in plain text. */
export class AllowList {
  private readonly hosts = new Set<string>();
  private readonly addresses = new BlockList();

  /** @throws RangeError about an entry that is neither a host nor an address nor a CIDR */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const read = readAllowed(entry);
      if (read === undefined) throw new RangeError(entry);
      if ('host' in read) this.hosts.add(read.host);
      else add(this.addresses, read);
    }
  }

  holdsHost(host: string): boolean {
    return this.hosts.has(host);
  }

  holdsAddress(address: string): boolean {
    return formsOf(address).some((form) => this.holdsForm(form));
  }

  /** One form alone: what an IPv6 address leads to does not count. */
  holdsForm(form: string): boolean {
    return holds(this.addresses, form);
  }
}

/**
 * Whether the hub may call an agent at this address: public ones yes, internal ones when they are listed, link-local,
 * metadata and the like never. An IPv6 address that carries an IPv4 address is judged as both.
 */
export function isAllowedAddress(address: string, allowed: AllowList): boolean {
  if (isIP(address) === 0 || isForbiddenAddress(address)) return false;
  return formsOf(address).every((form) => !holds(INTERNAL, form) || allowed.holdsForm(form));
}

/** Whether this is an address that no list can allow. */
export function isForbiddenAddress(address: string): boolean {
  return formsOf(address).some((form) => holds(NEVER, form));
}

function formsOf(address: string): string[] {
  return [address, ...embeddedIPv4(address)];
}

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const network = readNetwork(entry);
    if (network === undefined) throw new RangeError(entry);
    add(list, network);
  }
  return list;
}

function add(list: BlockList, { address, prefix, family }: Network): void {
  list.addSubnet(address, prefix, family);
}

function holds(list: BlockList, address: string): boolean {
  return list.check(withoutZone(address), isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The IPv4 addresses that an IPv6 address leads to: mapped, compatible, translated (NAT64), 6to4, Teredo, ISATAP. */
function embeddedIPv4(address: string): string[] {
  if (isIP(address) !== 6) return [];
  const words = wordsOf(address);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
  const zero = (...some: number[]) => some.every((word) => word === 0);
  const last = ipv4(g, h);
  const found: string[] = [];
  if (zero(a, b, c, d) && ((e === 0 && (f === 0xffff || f === 0)) || (e === 0xffff && f === 0)) && !(zero(e, f, g) && h <= 1))
    found.push(last);
  if (a === 0x64 && b === 0xff9b) found.push(last);
  if (a === 0x2002) found.push(ipv4(b, c));
  if (a === 0x2001 && b === 0) found.push(ipv4(c, d), ipv4(g ^ 0xffff, h ^ 0xffff));
  if ((e & 0xfdff) === 0 && f === 0x5efe) found.push(last);
  return found;
}

function ipv4(high: number, low: number): string {
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** The eight 16-bit words of an IPv6 address. */
function wordsOf(address: string): number[] {
  // The URL parser writes every form of an address in one way, without dotted parts.
  const [left = '', right = ''] = new URL(`http://[${withoutZone(address)}]`).hostname.slice(1, -1).split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const [before, after] = [parse(left), parse(right)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? address;
}
