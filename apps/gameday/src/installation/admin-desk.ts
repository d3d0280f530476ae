import type { HubClient } from '@repo/chaos-kit/load/hub-client';

export interface UnmappedCode {
  mappingType: 'unit' | 'vat';
  erpCode: string;
  parkedRows: number;
}

const PAGE = 1_000;
/** What the codes of simulated rows mean. */
const MEANINGS = {
  unit: { restoCode: 'PCE', restoLabel: 'Pièce' },
  vat: { restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
};

/** What an admin does by hand during an incident, over the API. */
export class AdminDesk {
  constructor(private readonly client: HubClient) {}

  async unmapped(vendorId: string): Promise<UnmappedCode[]> {
    return (await this.read<{ data: UnmappedCode[] }>(`/api/admin/mappings/unmapped?vendorId=${vendorId}`)).data;
  }

  async map(vendorId: string, mappingType: UnmappedCode['mappingType'], erpCode: string): Promise<void> {
    await this.write('/api/admin/mappings', { vendorId, mappingType, erpCode, ...MEANINGS[mappingType] });
  }

  /** Both codes of simulated rows, before the vendor comes. */
  async mapSimulated(vendorId: string): Promise<void> {
    const mappings = [
      { mappingType: 'unit', erpCode: 'PCE', ...MEANINGS.unit },
      { mappingType: 'vat', erpCode: 'T1', ...MEANINGS.vat },
    ];
    await this.write('/api/admin/mappings/seed', { vendorId, mappings });
  }

  async enrolmentCode(vendorId: string): Promise<string> {
    return ((await this.write(`/api/admin/agents/${vendorId}/enrolment`)) as { code: string }).code;
  }

  async heldSnapshots(vendorId: string): Promise<number> {
    return (await this.read<{ meta: { total: number } }>(`/api/admin/snapshots?vendorId=${vendorId}&status=held`)).meta.total;
  }

  /** The live rows of a vendor, as a shop reads them. */
  async rows(entity: 'items' | 'stock', vendorId: string): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (let cursor = ''; ;) {
      const query = new URLSearchParams({ vendorId, limit: String(PAGE), ...(cursor === '' ? {} : { cursor }) });
      const page = await this.read<{ data: Record<string, unknown>[]; meta: { nextCursor: string; hasMore: boolean } }>(
        `/api/${entity}?${query.toString()}`,
      );
      rows.push(...page.data);
      if (!page.meta.hasMore) return rows;
      cursor = page.meta.nextCursor;
    }
  }

  async countRows(entity: 'items' | 'stock', vendorId: string): Promise<number> {
    return (await this.rows(entity, vendorId)).length;
  }

  private async read<T>(path: string): Promise<T> {
    const { status, body } = await this.client.ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path} gave ${status}: ${JSON.stringify(body)}`);
    return body as T;
  }

  private async write(path: string, body: unknown = {}): Promise<unknown> {
    const { status, body: answer } = await this.client.ask('POST', path, { body });
    if (status >= 300) throw new Error(`POST ${path} gave ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
