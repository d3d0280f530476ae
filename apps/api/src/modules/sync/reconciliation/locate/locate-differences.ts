import { compareKeys, type Differences, type KeyDigests } from './compare-keys';
import { beginSearch, nextQuestion, takeNodes } from './plan-locating';
import type { Nodes, NodeSum } from './region';

/** One side of a comparison: below prefixes none of which lies below another. */
export interface ComparedSide {
  nodes(depth: number, prefixes: string[]): Promise<Nodes>;
  keys(prefixes: string[], mostKeys: number): Promise<KeyDigests>;
}

/** An agent may have this many rows more than its nodes said a moment ago, and this much on top, before it counts as endless. */
const GROWTH = 2;
const SLACK = 1_000;

/** Finds what differs, part after part; of each part all differences come at once. Asks the ERP first: the hub is quick. */
export async function* locateDifferences(
  roots: { erp: NodeSum; hub: NodeSum },
  erp: ComparedSide,
  hub: ComparedSide,
): AsyncGenerator<Differences> {
  let search = beginSearch(roots.erp, roots.hub);
  for (let next = nextQuestion(search); next !== undefined; next = nextQuestion(search)) {
    const { question } = next;
    search = next.search;
    switch (question.ask) {
      case 'nodes': {
        const prefixes = question.regions.map(({ prefix }) => prefix);
        const there = await erp.nodes(question.depth, prefixes);
        search = takeNodes(search, there, await hub.nodes(question.depth, prefixes));
        break;
      }
      case 'keys': {
        const prefixes = [...question.prefixes];
        const there = await erp.keys(prefixes, question.rows * GROWTH + SLACK);
        yield compareKeys(there, await hub.keys(prefixes, Infinity));
        break;
      }
      case 'hub-keys':
        yield compareKeys(new Map(), await hub.keys([...question.prefixes], Infinity));
        break;
    }
  }
}
